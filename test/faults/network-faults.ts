import { type Fault } from './fault.js';
import { handshakeBytes, type ProxyFault } from './proxy-fault.js';

/** In the middle of the fourth frame of a streamed answer, or of the only frame of a plain one. */
const inTheAnswer = handshakeBytes + 70;
const inTheHandshake = 60;

/** A fault before any byte, in the answer, in the handshake, and in the first frame. */
function atEachStage(
  name: string,
  codes: readonly string[],
  fault: (afterBytes: number) => ProxyFault,
  more: Partial<Fault> = {},
): Fault[] {
  const at = (afterBytes: number) => ({ proxy: fault(afterBytes) });
  return [
    { name, effect: 'failed', codes, before: at(0), after: at(inTheAnswer), ...more },
    { name: `${name}, in the handshake`, effect: 'failed', codes, before: at(inTheHandshake) },
    { name: `${name}, in the first frame`, effect: 'failed', codes, before: at(handshakeBytes + 5) },
  ];
}

const timeouts = ['connect_timeout', 'first_token_timeout', 'idle_timeout', 'total_timeout'];

/** The faults of the network to an LLM server. */
export const networkFaults: readonly Fault[] = [
  ...atEachStage(
    'reset',
    ['connect_failed', 'connection_closed', 'invalid_frame'],
    (afterBytes) => ({ kind: 'reset', afterBytes }),
    { catalog: 'reset' },
  ),
  ...atEachStage(
    'early FIN',
    ['connect_failed', 'connection_closed'],
    (afterBytes) => ({ kind: 'truncate', afterBytes }),
    { catalog: 'truncated stream without its end' },
  ),
  ...atEachStage('half open', timeouts, (afterBytes) => ({ kind: 'half_open', afterBytes })),
  ...atEachStage('black hole', timeouts, (afterBytes) => ({ kind: 'blackhole', afterBytes }), {
    catalog: 'timeout on connect',
  }),
  ...atEachStage('drip, too slow', timeouts, (afterBytes) => ({ kind: 'drip', byteMs: 60, afterBytes })),
  {
    name: 'a pooled connection becomes silent',
    effect: 'failed',
    codes: timeouts,
    isLater: true,
    before: { open: 'silent' },
  },
  {
    name: 'a pooled connection is forgotten by the server',
    effect: 'failed',
    codes: ['connection_closed'],
    isLater: true,
    // New connections are healthy.
    times: 1,
    before: { open: 'forgotten' },
  },
  {
    name: 'bandwidth of 3 kB/s',
    effect: 'harmless',
    codes: [],
    before: { proxy: { kind: 'bandwidth', bytesPerSecond: 3_000 } },
  },
  {
    name: 'segments of 1 to 3 bytes',
    effect: 'harmless',
    codes: [],
    isHeavy: true,
    before: { proxy: { kind: 'slice' } },
  },
  {
    name: 'latency of 50 ms',
    effect: 'harmless',
    codes: [],
    before: { proxy: { kind: 'latency', ms: 50 } },
  },
];
