import { distribution } from '../report/distribution.js';
import { type TurnRound } from './turn-load.js';

/** A mock's service time and so many clients at once. */
export interface Cell {
  mockMs: number;
  concurrency: number;
}

/** What one program showed in one cell, all its rounds together. */
export interface TurnFigures {
  turns: number;
  turnsPerSecond: number;
  cpuMsPerTurn: number;
  p50Ms: number;
  p99Ms: number;
}

/** The programs in one cell, and what the mock LLM needs by itself. */
export interface TurnComparison extends Cell {
  parley: TurnFigures;
  bare: TurnFigures;
  /** Parley as it is in another checkout, where one was given. */
  other: TurnFigures | undefined;
  /** The mock's own p50, asked directly by one client. */
  directMs: number;
}

export function turnFigures(rounds: readonly TurnRound[]): TurnFigures {
  const sum = (of: (round: TurnRound) => number) => rounds.reduce((total, round) => total + of(round), 0);
  const { p50, p99 } = distribution(rounds.flatMap(({ latencies }) => latencies));
  const turns = sum((round) => round.turns);
  return {
    turns,
    turnsPerSecond: turns / sum((round) => round.seconds),
    cpuMsPerTurn: sum((round) => round.cpuMs) / turns,
    p50Ms: p50,
    p99Ms: p99,
  };
}

/** Parley divided by bare. */
export function cpuRatio({ parley, bare }: TurnComparison): number {
  return parley.cpuMsPerTurn / bare.cpuMsPerTurn;
}

/**
 * How much of a figure Parley takes for each that the other checkout takes: the geometric mean of all cells' ratios, as
 * each cell counts alike. undefined where there is no other checkout.
 */
export function ratioToOther(
  comparisons: readonly TurnComparison[],
  of: (figures: TurnFigures) => number,
): number | undefined {
  const ratios = comparisons.flatMap(({ parley, other }) => (other ? [of(parley) / of(other)] : []));
  if (ratios.length === 0) return undefined;
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
