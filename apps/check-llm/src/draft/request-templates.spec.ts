import { type EncodeContext, type Template } from '#llm';
import { encodeRequest, requestProtocol } from './compile-request.js';
import { addFields, commonRequests } from './request-templates.js';

describe('addFields', () => {
  it('fills fields by the meaning of their names', () => {
    expect(addFields({}, ['session_id', 'model', 'max_tokens', 'stream', 'history'])).toEqual({
      session_id: '{{id}}',
      model: '{{model}}',
      max_tokens: '{{max_tokens}}',
      stream: true,
      history: '{{history}}',
    });
  });

  it('moves the question to an unknown field', () => {
    expect(addFields({ message: '{{prompt}}', id: '{{id}}' }, ['utterance'])).toEqual({
      id: '{{id}}',
      utterance: '{{prompt}}',
    });
  });

  it('keeps the question where another field is missing', () => {
    expect(addFields({ message: '{{prompt}}' }, ['token'])).toEqual({
      message: '{{prompt}}',
      token: '{{api_key}}',
    });
  });

  it('is undefined if there is nothing to add', () => {
    expect(addFields({ message: '{{prompt}}' }, ['message'])).toBeUndefined();
    expect(addFields('{{prompt}}', [])).toBeUndefined();
  });

  it('replaces a bare text with an object', () => {
    expect(addFields('{{prompt}}', ['text'])).toEqual({ text: '{{prompt}}' });
  });
});

describe('requestProtocol', () => {
  const context: EncodeContext = {
    model: 'm',
    credentials: { apiVersion: '1', clientId: 'c' },
    connectionId: '00000000000a',
    now: new Date(0),
    learned: {},
    requestId: 'r-1',
  };
  const frames = (send: Template) =>
    encodeRequest(
      requestProtocol(send, { isNumericId: false, framing: undefined }),
      { message: 'hi', stream: true },
      context,
    );

  it('fills templates, as one frame or several', () => {
    expect(frames({ ask: '{{prompt}}', id: '{{id}}' })).toEqual(['{"ask":"hi","id":"r-1"}']);
    expect(frames(['{{prompt}}', { end: true }])).toEqual(['hi', '{"end":true}']);
  });

  it('compiles all common requests', () => {
    for (const request of commonRequests) expect(frames(request)[0]).toContain('hi');
  });

  it('rejects an unknown placeholder', () => {
    expect(() => frames('{{nonsense}}')).toThrow('placeholder');
  });
});
