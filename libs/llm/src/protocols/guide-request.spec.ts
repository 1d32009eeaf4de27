import { encodeContext } from '../testing/transport-setup.js';
import { guideProtocol } from './guide.js';
import { type EncodeContext, type LlmRequest } from './protocol.js';

const request: LlmRequest = { message: 'hi', stream: false, maxTokens: 4000, temperature: 0.7 };
const encode = (change: Partial<LlmRequest>, more: Partial<EncodeContext> = {}) =>
  JSON.parse(guideProtocol.encode({ ...request, ...change }, { ...encodeContext, ...more })) as Record<
    string,
    unknown
  >;

describe('the request frame of the guide protocol', () => {
  it('has exactly the keys of the contract', () => {
    expect(encode({})).toEqual({
      message: 'hi',
      model: 'm',
      timestamp: '2026-11-23T10:00:00.000Z',
      metadata: { sql_mode: false, advanced_ai: false, session_context: {}, user_preferences: {} },
      settings: { max_tokens: 4000, temperature: 0.7, stream: false },
    });
  });

  it('contains an id only if the server repeats it', () => {
    expect(encode({}, { requestId: '7' })).toHaveProperty('request_id', '7');
    expect(encode({})).not.toHaveProperty('request_id');
  });

  it('contains the caller’s model and whether to stream', () => {
    expect(encode({ stream: true, model: 'large' })).toMatchObject({
      model: 'large',
      settings: { stream: true },
    });
  });

  it('contains the further settings of the caller', () => {
    expect(encode({ sampling: { top_p: 0.9, seed: 7, stop: ['END'] } })).toHaveProperty('settings', {
      max_tokens: 4000,
      temperature: 0.7,
      stream: false,
      top_p: 0.9,
      seed: 7,
      stop: ['END'],
    });
  });

  it('omits settings without a value', () => {
    expect(encode({ maxTokens: undefined, temperature: undefined })).toHaveProperty('settings', {
      stream: false,
    });
  });

  it('adds history and conversation to the caller’s session context', () => {
    const history = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ] as const;
    const metadata = { sql_mode: true, team: 'x', session_context: { tenant: 't', messages: 'overwritten' } };
    expect(encode({ history, conversationId: 'c1', metadata })).toHaveProperty('metadata', {
      sql_mode: true,
      advanced_ai: false,
      user_preferences: {},
      team: 'x',
      session_context: { tenant: 't', conversation_id: 'c1', messages: history },
    });
  });

  it.each([['text'], [null], [['list']]])(
    'takes no session context that is no object: %j',
    (session_context) => {
      expect(encode({ metadata: { session_context } })).toHaveProperty('metadata.session_context', {});
    },
  );
});

describe('the handshake headers of the guide protocol', () => {
  it('identify the client', () => {
    expect(guideProtocol.headers({ apiKey: 'KEY', apiVersion: 'v1', clientId: 'chatbot-client' })).toEqual({
      Authorization: 'Bearer KEY',
      'X-API-Version': 'v1',
      'X-Client-ID': 'chatbot-client',
    });
  });

  it('carry no authorization without a key', () => {
    expect(guideProtocol.headers({ apiVersion: 'v2', clientId: 'c' })).toEqual({
      'X-API-Version': 'v2',
      'X-Client-ID': 'c',
    });
  });
});
