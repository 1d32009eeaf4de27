import { english } from './english';

const { answer, sidebar, status } = english;

describe('the English texts', () => {
  it('use singular and plural', () => {
    expect([answer.tokens(1), answer.tokens(1_234)]).toEqual(['1 token', '1,234 tokens']);
    expect(sidebar.found(1, false)).toBe('1 conversation found');
    expect(sidebar.found(0, false)).toBe('0 conversations found');
    expect(sidebar.found(30, true)).toBe('More than 30 conversations found');
  });

  it.each([
    [null, '–'],
    [0.4, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [12_345, '12.3 s'],
  ])('show a duration of %s ms as %s', (ms, text) => {
    expect(answer.time(ms)).toBe(text);
  });

  it('show times to the first token in seconds', () => {
    expect(status.firstToken(250)).toBe('first token after about 0.3 s');
  });

  it.each([
    [1, undefined, 'Started over: why.'],
    [1, 'ws://b', 'Started over at ws://b: why.'],
    [3, undefined, 'Started over 3 times: why.'],
    [3, 'ws://b', 'Started over 3 times, now at ws://b: why.'],
  ])('count %i restarts, the last at %s', (times, endpoint, text) => {
    expect(answer.startedOver(times, endpoint, 'why')).toBe(text);
  });
});
