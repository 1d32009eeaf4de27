import { distribution } from '../report/distribution.js';
import { type TurnRound } from './turn-load.js';

/** The conditions of a measurement: the service time of the mock LLM, and the number of clients. */
export interface Cell {
  mockMs: number;
  concurrency: number;
}

/** The figures of one server in one cell, over all its rounds. */
export interface TurnFigures {
  turns: number;
  turnsPerSecond: number;
  cpuMsPerTurn: number;
  p50Ms: number;
  p99Ms: number;
}

/** The figures of all servers in one cell. */
export interface TurnComparison extends Cell {
  parley: TurnFigures;
  bare: TurnFigures;
  /** Parley from another checkout, if one was given. */
  other: TurnFigures | undefined;
  /** The p50 latency of the mock LLM itself, with one client. */
  directMs: number;
}

/** Computes the figures of rounds of one server. */
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

/** CPU time per turn: Parley divided by the bare server. */
export function cpuRatio({ parley, bare }: TurnComparison): number {
  return parley.cpuMsPerTurn / bare.cpuMsPerTurn;
}

/**
 * A figure of Parley divided by that of the other checkout: the geometric mean over all cells.
 * @returns undefined if there is no other checkout
 */
export function ratioToOther(
  comparisons: readonly TurnComparison[],
  of: (figures: TurnFigures) => number,
): number | undefined {
  const ratios = comparisons.flatMap(({ parley, other }) => (other ? [of(parley) / of(other)] : []));
  if (ratios.length === 0) return undefined;
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
