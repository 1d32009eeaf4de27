import { readFrame } from './guide-request.js';

describe('readFrame', () => {
  it('reads a whole request', () => {
    const messages = [{ role: 'user', content: 'a' }, { role: 'user' }, 'nonsense', null];
    const frame = {
      message: 'hi',
      model: 'm',
      request_id: 'r',
      metadata: { session_context: { messages } },
      settings: { stream: true, max_tokens: 5 },
    };
    expect(readFrame(JSON.stringify(frame))).toEqual({
      frame,
      requestId: 'r',
      problem: undefined,
      request: {
        message: 'hi',
        model: 'm',
        requestId: 'r',
        stream: true,
        maxTokens: 5,
        history: [{ role: 'user', content: 'a' }],
      },
    });
  });

  it('requires only a message', () => {
    expect(readFrame('{"message":""}').request).toEqual({
      message: '',
      model: undefined,
      requestId: undefined,
      stream: false,
      maxTokens: undefined,
      history: [],
    });
  });

  it.each([
    ['', null, 'not a JSON object'],
    ['null', null, 'not a JSON object'],
    ['{}', undefined, 'message must be text'],
    ['{"message":1,"request_id":"r"}', 'r', 'message must be text'],
    ['{"message":"","request_id":{}}', undefined, 'request_id must be text'],
    ['{"message":"","settings":[]}', undefined, 'settings must be an object'],
    ['{"message":"","settings":{"stream":1}}', undefined, 'settings.stream must be a boolean'],
    [
      '{"message":"","settings":{"max_tokens":1.5}}',
      undefined,
      'settings.max_tokens must be a whole number above 0',
    ],
  ])('refuses %s', (data, id, problem) => {
    const read = readFrame(data);
    expect(read).toMatchObject({ problem, request: undefined });
    expect(read.frame === null).toBe(id === null);
    expect(read.requestId).toBe(id ?? undefined);
  });
});
