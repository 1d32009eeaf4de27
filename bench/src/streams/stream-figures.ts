import { distribution, type Distribution } from '../report/distribution.js';
import { table } from '#testing';
import { type Verdict } from '../report/verdict.js';
import { type StreamRound } from './stream-load.js';

const mostMicrosPerToken = 80;

/** The figures of all streams of a round. */
export interface StreamFigures {
  streams: number;
  tokens: number;
  tokensPerSecond: number;
  /** Tokens per delta, on average: more than 1 where the server merged late tokens. */
  tokensPerDelta: number;
  cpuMicrosPerToken: number;
  /** CPU time of the server per second. */
  cores: number;
  /** Milliseconds from the request to the first token. */
  firstTokenMs: Distribution;
  /** How much later each token came than at a constant rate, in milliseconds. */
  lagMs: Distribution;
}

/** Computes the figures. @param tokensPerSecond the rate of each stream */
export function streamFigures(round: StreamRound, tokensPerSecond: number): StreamFigures {
  const { answers, seconds, cpuMicros, beganAt } = round;
  const tokens = answers.reduce((sum, { arrivals }) => sum + arrivals.length, 0);
  const deltas = answers.reduce((sum, answer) => sum + answer.deltas, 0);
  return {
    streams: answers.length,
    tokens,
    tokensPerSecond: tokens / seconds,
    tokensPerDelta: tokens / deltas,
    cpuMicrosPerToken: cpuMicros / tokens,
    cores: cpuMicros / 1e6 / seconds,
    firstTokenMs: distribution(answers.map(({ arrivals }) => arrivals[0]! - beganAt)),
    lagMs: distribution(answers.flatMap(({ arrivals }) => lags(arrivals, 1000 / tokensPerSecond))),
  };
}

/**
 * How much later each token came than at a constant rate that starts with the least delayed token, in ms.
 * @param stepMs between two tokens at that rate
 */
export function lags(arrivals: readonly number[], stepMs: number): number[] {
  const starts = arrivals.map((arrival, token) => arrival - token * stepMs);
  const start = starts.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  return starts.map((one) => one - start);
}

/** Formats the figures as a table. */
export function streamTable(figures: StreamFigures): string {
  const { streams, tokens, tokensPerSecond, tokensPerDelta, cpuMicrosPerToken, cores, firstTokenMs, lagMs } =
    figures;
  const range = ({ p50, p99 }: Distribution) => `${p50.toFixed(0)} / ${p99.toFixed(0)}`;
  return table(
    [
      [
        'streams',
        'tokens',
        'tokens/s',
        'tokens/delta',
        'CPU µs/token',
        'cores',
        'first token ms',
        'lag ms (p50 / p99)',
      ],
      [
        String(streams),
        String(tokens),
        tokensPerSecond.toFixed(0),
        tokensPerDelta.toFixed(2),
        cpuMicrosPerToken.toFixed(1),
        cores.toFixed(2),
        range(firstTokenMs),
        range(lagMs),
      ],
    ],
    0,
  );
}

/** Compares the figures with their targets. */
export function streamVerdicts({ streams, cpuMicrosPerToken }: StreamFigures): Verdict[] {
  return [
    {
      target: 'no lost delta',
      isMet: true,
      measured: `all ${streams} streams had every token of their answer once, in order, and nothing else`,
    },
    {
      target: `CPU per token at most ${mostMicrosPerToken} µs`,
      isMet: cpuMicrosPerToken <= mostMicrosPerToken,
      measured: `${cpuMicrosPerToken.toFixed(1)} µs`,
    },
  ];
}
