import { protocolSign } from './protocol-signs.js';

const ofFrames = (...frames: string[]) => protocolSign({ frames, closes: [] })?.name;
const ofClose = (code: number, reason = '') => protocolSign({ frames: [], closes: [{ code, reason }] })?.name;

describe('protocolSign', () => {
  it.each([
    ['0{"sid":"x","upgrades":[],"pingInterval":25000}', 'Socket.IO'],
    ['{"type":"connection_ack"}', 'GraphQL'],
    ['{"type":"auth_required","ha_version":"2025.9.1"}', 'Home Assistant'],
    ['{"type":"auth_required"}', 'authentication'],
    ['{"event":"authentication_required"}', 'authentication'],
    ['{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1,"agentCapabilities":{}}}', 'ACP'],
    ['{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","serverInfo":{"name":"x"}}}', 'MCP'],
    ['{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}', 'JSON-RPC'],
    ['[null,"1","phoenix","phx_reply",{"response":{},"status":"ok"}]', 'Phoenix'],
    ['{"event":"phx_error","payload":{},"ref":null,"topic":"room"}', 'Phoenix'],
    ['{"type":"welcome"}', 'Action Cable'],
    ['{}\u001e', 'SignalR'],
    ['ERROR\nmessage:no\n\n\0', 'STOMP'],
    ['{"event":"pusher:connection_established","data":"{}"}', 'Pusher'],
    ['{"server_id":"0"}', 'Meteor'],
    ['o', 'SockJS'],
  ])('recognizes %s', (frame, name) => {
    expect(ofFrames('{"unrelated":1}', frame)).toContain(name);
  });

  it('recognizes close codes', () => {
    expect(ofClose(4406, 'Subprotocol not acceptable')).toContain('GraphQL');
    expect(ofClose(1011)).toBeUndefined();
    expect(ofClose(4401, 'who are you?')).toBeUndefined();
  });

  it.each(['{"type":"token","text":"One"}', '{"message":"Forbidden"}', 'Hello', '["token","One"]', '42'])(
    'recognizes nothing in %s',
    (frame) => {
      expect(ofFrames(frame)).toBeUndefined();
    },
  );
});
