import { encodeContext } from '../../testing/transport-setup.js';
import { compileProtocol } from './compile.js';
import { type ProtocolDescription } from './description.js';
import { type ProtocolDescriptionError } from './mistakes.js';

const request = { message: 'hi', stream: true };

function mistakesIn(description: ProtocolDescription): unknown {
  try {
    compileProtocol(description);
    return [];
  } catch (error) {
    return (error as ProtocolDescriptionError).mistakes.map(({ at, message }) => `${at} ${message}`);
  }
}

describe('a separator', () => {
  const compile = (more: Partial<ProtocolDescription>) =>
    compileProtocol({
      name: 'x',
      separator: '\x1e',
      handshake: [
        { send: { protocol: 'json', version: 1 } },
        { expect: { ready: true } },
        { send: 'thanks\x1e' },
      ],
      request: {
        send: [{ m: '{{message}}' }, 'raw'],
        then: [{ when: { more: true }, send: { more: '{{message}}' } }],
      },
      delta: { text: 't' },
      cancel: { send: { stop: true } },
      connection: {
        keepalive: { send: { type: 6 }, every: 1 },
        reply: [{ when: { ping: true }, send: 'pong' }],
      },
      ...more,
    });

  it('ends every frame that is sent', () => {
    const protocol = compile({});
    expect(protocol.encode(request, encodeContext)).toEqual(['{"m":"hi"}\x1e', 'raw\x1e']);
    expect(protocol.cancel!(request, encodeContext)).toBe('{"stop":true}\x1e');
    expect(protocol.connection!.keepalive!.frame(encodeContext)).toBe('{"type":6}\x1e');
    expect(protocol.decode('{"ping":true}').reply).toBe('pong\x1e');
    expect(protocol.decode('{"more":true}').next!(request, encodeContext)).toBe('{"more":"hi"}\x1e');
    const handshake = protocol.handshake!(encodeContext);
    expect(handshake.next().value).toEqual(['{"protocol":"json","version":1}\x1e']);
    expect(handshake.next('{"ready":true}')).toEqual({
      done: true,
      value: { learned: {}, send: ['thanks\x1e'] },
    });
  });

  it.each<['json' | 'text' | 'mixed', boolean, boolean]>([
    ['json', true, false],
    ['mixed', true, true],
    ['text', true, true],
  ])('is missing after whole frames: %s', (frames, ofObject, ofText) => {
    const { isComplete } = compile({ frames }).connection!.separator!;
    expect([isComplete('{"a":1}'), isComplete('Hel')]).toEqual([ofObject, ofText]);
    if (frames !== 'text') expect(isComplete('{"a":')).toBe(false);
  });
});

describe('framing: socket.io', () => {
  const chat: ProtocolDescription = {
    name: 'x',
    framing: 'socket.io',
    socket_io: { auth: { token: '{{api_key}}' } },
    handshake: [{ send: [['join', { room: 'r' }]] }, { expect: { 0: 'joined' }, learn: { user: '1.id' } }],
    request: { send: [['say', '{{message}}', { as: '{{learned.user}}' }]] },
    error: { when: { 0: 'failed' }, message: '1' },
    delta: { when: { 0: 'token' }, text: '1.text' },
    end: { when: { 0: 'done' } },
    cancel: { send: ['stop'] },
    connection: { keepalive: { send: ['here'], every: 1 } },
  };
  const protocol = compileProtocol(chat);
  const context = { ...encodeContext, learned: { user: 'u1' } };

  it('has its own path and query', async () => {
    const target = { url: 'wss://h/', headers: {}, subprotocols: [] };
    expect(await protocol.sign!(target, encodeContext)).toMatchObject({
      url: 'wss://h/socket.io/?EIO=4&transport=websocket',
    });
    const own = compileProtocol({ ...chat, address: { path: '/ws/socket.io/', query: { EIO: '3' } } });
    expect(await own.sign!(target, encodeContext)).toMatchObject({
      url: 'wss://h/ws/socket.io/?EIO=3&transport=websocket',
    });
  });

  it('connects, answers pings, and then runs the handshake in events', () => {
    const handshake = protocol.handshake!(encodeContext);
    expect(handshake.next().value).toEqual([]);
    expect(handshake.next('0{"sid":"s","upgrades":[],"pingInterval":25000}').value).toEqual([
      '40{"token":"sk-secret"}',
    ]);
    expect(handshake.next('2').value).toEqual(['3']);
    expect(handshake.next('40{"sid":"t"}').value).toEqual(['42["join",{"room":"r"}]']);
    expect(handshake.next('42["news",{}]').value).toEqual([]);
    expect(handshake.next('42["joined",{"id":"u1"}]')).toEqual({
      done: true,
      value: { learned: { user: 'u1' }, send: [] },
    });
  });

  it('fails if the server refuses the connection, or speaks another protocol', () => {
    const refused = protocol.handshake!(encodeContext);
    refused.next();
    refused.next('0{}');
    expect(() => refused.next('44{"message":"who are you?"}')).toThrow('who are you?');
    const closed = protocol.handshake!(encodeContext);
    closed.next();
    expect(() => closed.next('41')).toThrow('the server closed the connection of Socket.IO');
    const other = protocol.handshake!(encodeContext);
    other.next();
    expect(() => other.next('{"hello":1}')).toThrow('it is no packet of Socket.IO');
  });

  it('sends events', () => {
    expect(protocol.encode(request, context)).toEqual(['42["say","hi",{"as":"u1"}]']);
    expect(protocol.cancel!(request, context)).toBe('42["stop"]');
    expect(protocol.connection!.keepalive!.frame(context)).toBe('42["here"]');
  });

  it.each<[string, object]>([
    ['42["token",{"text":"Hel"}]', { event: { type: 'delta', text: 'Hel' } }],
    ['4217["token",{"text":"Hel"}]', { event: { type: 'delta', text: 'Hel' } }],
    [
      '451-["token",{"text":"a","audio":{"_placeholder":true,"num":0}}]',
      { event: { type: 'delta', text: 'a' } },
    ],
    ['42/other,["token",{"text":"Hel"}]', {}],
    ['42["done"]', { event: { type: 'end' } }],
    ['42["failed","busy"]', { event: { type: 'error', error: { message: 'busy' } } }],
    ['2', { reply: '3' }],
    ['2probe', { reply: '3probe' }],
    ['3', {}],
    ['6', {}],
    ['40{"sid":"t"}', {}],
    ['437["x"]', {}],
    ['41', { event: { type: 'error', reach: 'connection', error: { code: 'connection_closed' } } }],
    ['1', { event: { type: 'error', reach: 'connection' } }],
    ['44{"message":"no"}', { event: { type: 'error', error: { code: 'unauthorized', message: 'no' } } }],
    ['42no JSON', { event: { type: 'error', error: { code: 'invalid_frame' } } }],
  ])('reads %s', (text, decoded) => {
    const frame = protocol.decode(text);
    expect(frame).toMatchObject(decoded);
    if (!('event' in decoded)) expect(frame.event).toBeUndefined();
  });

  it('fails at anything else', () => {
    for (const text of ['', 'hello', '{"a":1}', '49', '4']) {
      expect(() => protocol.decode(text)).toThrow('it is no packet of Socket.IO');
    }
  });

  it('may have a namespace, and answers in acknowledgements', () => {
    const acked = compileProtocol({
      name: 'x',
      framing: 'socket.io',
      socket_io: { namespace: '/chat', ack: true },
      request: { send: [['ask', '{{message}}']] },
      correlation: { request: '0.ack', ids: 'number' },
      delta: { when: { 0: 'token' }, text: '1' },
      end: { when: { '0.ack': { present: true } }, text: '1.text' },
    });
    const handshake = acked.handshake!(encodeContext);
    handshake.next();
    expect(handshake.next('0{}').value).toEqual(['40/chat,']);
    expect(handshake.next('40/chat,{"sid":"t"}').done).toBe(true);
    expect(acked.encode(request, { ...encodeContext, requestId: '7' })).toEqual(['42/chat,7["ask","hi"]']);
    expect(acked.decode('43/chat,7[{"text":"Hello"}]')).toMatchObject({
      requestId: '7',
      event: { type: 'end', text: 'Hello' },
    });
    expect(acked.decode('43/chat,7[]')).toMatchObject({ requestId: '7', event: { type: 'end' } });
    expect(acked.decode('42/chat,["token","Hel"]').requestId).toBeUndefined();
    expect(acked.decode('43/other,7["x"]').event).toBeUndefined();
  });

  it('refuses frames that are no events, and settings that do not fit', () => {
    const event = 'must be an event of Socket.IO: [[name, value]]';
    const only = 'must be an event of Socket.IO: [name, value]';
    expect(
      mistakesIn({
        ...chat,
        separator: '\n',
        socket_io: { ack: true },
        handshake: [{ send: 'hello' }],
        request: { send: ['say', '{{message}}'], then: [{ when: { a: 1 }, send: { a: 1 } }] },
        cancel: { send: [['stop']] },
        connection: {
          keepalive: { send: 'ping', every: 1 },
          reply: [{ when: { a: 1 }, send: {} }],
        },
      }),
    ).toEqual([
      '/separator is not possible with framing: socket.io',
      '/socket_io/ack needs correlation: { request: 0.ack, ids: number }',
      `/handshake/0/send ${event}`,
      `/request/send ${event}`,
      `/request/then/0/send ${event}`,
      `/cancel/send ${only}`,
      `/connection/keepalive/send ${only}`,
      `/connection/reply/0/send ${only}`,
    ]);
    expect(mistakesIn({ name: 'x', socket_io: {}, request: { send: 'a' }, delta: { text: 'a' } })).toEqual([
      '/socket_io needs framing: socket.io',
    ]);
  });
});
