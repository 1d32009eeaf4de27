import { type Fault } from './fault.js';
import { handshakeBytes, type ProxyFault } from './proxy-fault.js';

/** In the middle of the fourth of the short frames of a streamed answer, or of the one long frame of a plain one. */
const inTheAnswer = handshakeBytes + 70;
const inTheHandshake = 60;

function onTheWay(
  name: string,
  codes: readonly string[],
  fault: (afterBytes: number) => ProxyFault,
  more: Partial<Fault> = {},
): Fault[] {
  const at = (afterBytes: number) => ({ proxy: fault(afterBytes) });
  return [
    { name, verdict: 'failed', codes, before: at(0), after: at(inTheAnswer), ...more },
    { name: `${name}, in the handshake`, verdict: 'failed', codes, before: at(inTheHandshake) },
    { name: `${name}, in the first frame`, verdict: 'failed', codes, before: at(handshakeBytes + 5) },
  ];
}

const timeouts = ['connect_timeout', 'first_token_timeout', 'idle_timeout', 'total_timeout'];

/** What the way to an LLM server can do wrong. */
export const networkFaults: readonly Fault[] = [
  ...onTheWay(
    'reset',
    ['connect_failed', 'connection_closed', 'invalid_frame'],
    (afterBytes) => ({ kind: 'reset', afterBytes }),
    { catalogue: 'reset' },
  ),
  ...onTheWay(
    'FIN in the middle',
    ['connect_failed', 'connection_closed'],
    (afterBytes) => ({ kind: 'truncate', afterBytes }),
    { catalogue: 'truncated stream without its end' },
  ),
  ...onTheWay('half open', timeouts, (afterBytes) => ({ kind: 'half_open', afterBytes })),
  ...onTheWay('black hole', timeouts, (afterBytes) => ({ kind: 'blackhole', afterBytes }), {
    catalogue: 'timeout on connect',
  }),
  ...onTheWay('drip, too slow', timeouts, (afterBytes) => ({ kind: 'drip', byteMs: 60, afterBytes })),
  {
    name: 'a connection of the pool falls silent',
    verdict: 'failed',
    codes: timeouts,
    isLater: true,
    before: { open: 'silent' },
  },
  {
    name: 'a connection of the pool is forgotten by the server',
    verdict: 'failed',
    codes: ['connection_closed'],
    isLater: true,
    // A new connection is well.
    times: 1,
    before: { open: 'forgotten' },
  },
  {
    name: 'bandwidth of 3 kB/s',
    verdict: 'harmless',
    codes: [],
    before: { proxy: { kind: 'bandwidth', bytesPerSecond: 3_000 } },
  },
  {
    name: 'segments of 1 to 3 bytes',
    verdict: 'harmless',
    codes: [],
    isHeavy: true,
    before: { proxy: { kind: 'slice' } },
  },
  {
    name: 'latency of 50 ms',
    verdict: 'harmless',
    codes: [],
    before: { proxy: { kind: 'latency', ms: 50 } },
  },
];
