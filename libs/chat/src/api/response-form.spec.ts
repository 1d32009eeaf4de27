import { responseForm, type ResponseForm, type ResponsePreferences } from './response-form.js';

describe('responseForm', () => {
  it.each<[ResponsePreferences, ResponseForm]>([
    [{}, 'json'],
    [{ accept: '*/*' }, 'json'],
    [{ accept: 'application/json' }, 'json'],
    [{ accept: 'text/event-stream' }, 'events'],
    [{ accept: 'application/json, text/event-stream;q=0.9' }, 'events'],
    [{ accept: 'application/json', stream: true }, 'events'],
    [{ accept: 'text/event-stream', stream: false }, 'events'],
    [{ prefer: 'respond-async' }, 'async'],
    [{ prefer: 'wait=10, respond-async' }, 'async'],
    [{ prefer: 'respond-asynchronously' }, 'json'],
    [{ prefer: 'respond-async', accept: 'text/event-stream', stream: true }, 'async'],
  ])('%j is %s', (preferences, form) => {
    expect(responseForm(preferences)).toBe(form);
  });
});
