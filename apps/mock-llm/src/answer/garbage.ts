import { type RequestBehavior } from '../behavior/behavior.js';
import { type Action } from './action.js';
import { chunkFrames } from './guide-frames.js';

/** More fragments than ws allows by default (16,384). */
const FRAGMENTS = 20_000;

/** Invalid frames on each level: meaning, JSON shape, text, WebSocket and bytes. Pure. */
export function garbageActions(
  kind: NonNullable<RequestBehavior['garbage']>,
  requestId: string | number | undefined,
): Action[] {
  const chunk = chunkFrames(requestId);
  switch (kind) {
    case 'not-json':
      return [{ kind: 'text', data: '<html><body>502 Bad Gateway</body></html>' }];
    case 'binary':
      return [{ kind: 'binary', data: Uint8Array.of(0, 1, 2, 253, 254, 255) }];
    case 'wrong-shape':
      return [
        { kind: 'text', data: '[1,2,3]' },
        { kind: 'text', data: 'null' },
        { kind: 'text', data: '{"chunk":{"nested":true},"response":42,"error":null}' },
      ];
    case 'proto-keys':
      return [
        {
          kind: 'text',
          data: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
        },
      ];
    case 'foreign-request':
      return [
        { kind: 'text', data: chunkFrames('not-a-request-of-yours')('A SECRET OF SOMEBODY ELSE') },
        {
          kind: 'text',
          data: '{"response":"A SECRET OF SOMEBODY ELSE","done":true,"request_id":"not-a-request-of-yours"}',
        },
      ];
    case 'invalid-utf8':
      return [{ kind: 'text-bytes', data: Uint8Array.of(0x22, 0xff, 0xfe, 0xc3, 0x28, 0x22) }];
    case 'bad-frame':
      // A final frame of the reserved opcode 3.
      return [{ kind: 'raw', data: Uint8Array.of(0x83, 0x00) }];
    case 'fragments':
      return [{ kind: 'fragments', data: chunk(' '.repeat(FRAGMENTS)) }];
  }
}
