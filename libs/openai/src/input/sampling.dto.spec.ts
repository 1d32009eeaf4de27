import { samplingOf } from './sampling.dto.js';

describe('the settings that are passed to LLM servers', () => {
  it('are those that the request has', () => {
    expect(samplingOf({ top_p: 0.9, seed: 0, stop: ['END'], verbosity: 'low' })).toEqual({
      top_p: 0.9,
      seed: 0,
      stop: ['END'],
      verbosity: 'low',
    });
  });

  it('are none if all are null or empty, so that the request frame stays as it was', () => {
    expect(samplingOf({ top_p: null, stop: [], logit_bias: {} })).toBeUndefined();
  });

  it('have no other fields of the request', () => {
    expect(samplingOf({ model: 'm', temperature: 1 } as object)).toBeUndefined();
  });
});
