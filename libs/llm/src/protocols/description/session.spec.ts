import { encodeContext } from '../../testing/transport-setup.js';
import { type HttpResponse } from '../session-request.js';
import { compileProtocol } from './compile.js';
import { type ProtocolDescription, type SessionDescription } from './description.js';
import { type ProtocolDescriptionError } from './mistakes.js';

const description = (session: SessionDescription, more: Partial<ProtocolDescription> = {}) => ({
  name: 'x',
  session,
  request: { send: '{{message}}' },
  delta: { text: 'text' },
  ...more,
});
const compile = (session: SessionDescription) => compileProtocol(description(session)).session!;
const response: HttpResponse = {
  status: 303,
  headers: { location: '/session/20261126_1?new=true' },
  cookies: 'sid=abc; lang=en',
  body: '{"session":{"id":"s1","number":7},"token":"t","none":null}',
};

describe('the HTTP request before a connection', () => {
  it('has the values of the route', () => {
    const session = compile({
      url: '/api/sessions?model={{model}}',
      headers: { 'X-Key': '{{api_key}}', 'X-None': '{{learned.id}}' },
      body: { client: '{{client_id}}' },
      learn: { id: 'body.session.id' },
    });
    expect(session.request('wss://h:8443/chat?x=1', encodeContext)).toEqual({
      method: 'POST',
      url: 'https://h:8443/api/sessions?model=m',
      headers: { 'Content-Type': 'application/json', 'X-Key': 'sk-secret' },
      body: '{"client":"chatbot-client"}',
    });
  });

  it('is GET with the API key by default', () => {
    const session = compile({ url: '/', learn: { id: 'status' } });
    expect(session.request('ws://h/chat', encodeContext)).toEqual({
      method: 'GET',
      url: 'http://h/',
      headers: { Authorization: 'Bearer sk-secret' },
      body: undefined,
    });
    const elsewhere = compile({ url: 'https://login.example/token', headers: {}, learn: { id: 'body' } });
    expect(elsewhere.request('ws://h/chat', encodeContext)).toMatchObject({
      url: 'https://login.example/token',
      headers: {},
    });
  });

  it('gives values of the response', () => {
    const session = compile({
      url: '/',
      learn: {
        id: { path: 'headers.location', after: '/session/', before: '?' },
        own: 'body.session.id',
        number: 'body.session.number',
        cookie: 'cookies',
        status: 'status',
      },
    });
    expect(session.learn(response)).toEqual({
      id: '20261126_1',
      own: 's1',
      number: 7,
      cookie: 'sid=abc; lang=en',
      status: 303,
    });
    const text = compile({ url: '/', learn: { id: 'body' } });
    expect(text.learn({ ...response, body: 'plain' })).toEqual({ id: 'plain' });
  });

  it.each([
    ['body.none', 'the response has no body.none'],
    ['body.session', 'the response has no body.session'],
    [{ path: 'headers.location', after: '/chat/' }, 'the response has no headers.location'],
    [{ path: 'headers.location', before: '#' }, 'the response has no headers.location'],
  ])('fails without %j', (value, message) => {
    expect(() => compile({ url: '/', learn: { id: value } }).learn(response)).toThrow(message);
  });

  it('bounds the length of a value', () => {
    const session = compile({ url: '/', learn: { id: 'body' } });
    expect(() => session.learn({ ...response, body: 'x'.repeat(8_193) })).toThrow(
      'longer than 8192 characters',
    );
  });

  it('has its values in the address, the handshake and requests, and its secrets are redacted', async () => {
    const protocol = compileProtocol({
      ...description({
        url: '/login?api_key=fixed-query-key',
        headers: { Authorization: 'Basic Zml4ZWQtaGVhZGVy' },
        body: { password: 'fixed-password-1' },
        learn: { token: 'body.token' },
      }),
      address: { path: '/ws/{{learned.token}}', headers: { Cookie: 'sid={{learned.token}}' } },
      handshake: [{ send: { hello: '{{learned.token}}' } }],
    });
    const context = { ...encodeContext, learned: { token: 't' } };
    expect(await protocol.sign!({ url: 'ws://h/', headers: {}, subprotocols: [] }, context)).toMatchObject({
      url: 'ws://h/ws/t',
      headers: { Cookie: 'sid=t' },
    });
    expect(protocol.handshake!(context).next()).toEqual({
      done: true,
      value: { learned: { token: 't' }, send: ['{"hello":"t"}'] },
    });
    expect(protocol.secrets).toEqual(
      expect.arrayContaining(['fixed-query-key', 'Zml4ZWQtaGVhZGVy', 'fixed-password-1']),
    );
  });

  it('is refused with mistakes', () => {
    let mistakes: unknown;
    try {
      compileProtocol(
        description(
          { url: '/{{message}}', body: '{{nothing}}', learn: { a: 'token', b: 'body.__proto__' } },
          { request: { send: '{{learned.c}}' } },
        ),
      );
    } catch (error) {
      mistakes = (error as ProtocolDescriptionError).mistakes.map(({ at, message }) => `${at} ${message}`);
    }
    expect(mistakes).toEqual(
      [
        '/session/url has a {{placeholder}}',
        '/session/body has a {{placeholder}}',
        '/session/learn/a must begin with status, headers, cookies or body',
        '/session/learn/b must not have __proto__',
        '/request/send has {{learned.c}}, which no "learn" gives',
      ].map((text) => expect.stringContaining(text) as string),
    );
  });
});
