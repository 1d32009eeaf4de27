import { type Statement, SystemDatabase } from '#database';
import { Injectable } from '@nestjs/common';
import { type RunStatus } from '../model/message.entity.js';

/** A run, and the part of its text that is known. */
export interface KnownText {
  id: string;
  attempt: number;
  /** UTF-16 code units of that attempt's text. */
  chars: number;
}

/** What the database has of a run beyond the known text. */
export interface PolledRun extends Record<string, unknown> {
  id: string;
  status: RunStatus;
  /** The newest attempt that has stored text. */
  attempt: number;
  /** The text after the known part; the whole text if the attempt is a new one. */
  content: string;
}

const runsBeyondKnownText: Statement = {
  name: 'poll_runs',
  text: `
    SELECT r.id, r.status, coalesce(newest.attempt, known.attempt) AS attempt, coalesce(text.content, '') AS content
    FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS known (id, attempt, chars)
    JOIN runs r ON r.id = known.id
    LEFT JOIN LATERAL (
      SELECT max(p.attempt) AS attempt FROM run_pieces p WHERE p.run_id = r.id
    ) newest ON true
    LEFT JOIN LATERAL (
      SELECT string_agg(p.content, '' ORDER BY p.char_offset) AS content FROM run_pieces p
      WHERE p.run_id = r.id AND p.attempt = newest.attempt
        AND p.char_offset >= CASE WHEN newest.attempt = known.attempt THEN known.chars ELSE 0 END
    ) text ON true`,
};

/** Reads the progress of runs of other replicas. */
@Injectable()
export class RunPoller {
  readonly #database: SystemDatabase;

  constructor(database: SystemDatabase) {
    this.#database = database;
  }

  /** Reads several runs in one statement. Deleted runs are not in the result. @throws DatabaseUnavailableError */
  poll(known: readonly KnownText[]): Promise<PolledRun[]> {
    return this.#database.query<PolledRun>(runsBeyondKnownText, [
      known.map(({ id }) => id),
      known.map(({ attempt }) => attempt),
      known.map(({ chars }) => chars),
    ]);
  }
}
