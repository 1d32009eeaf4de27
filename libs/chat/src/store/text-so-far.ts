/**
 * SQL for the newest attempt of a run, and for the text of it that checkpoints have stored.
 * @param runId an SQL expression for the id of the run
 */
export function textSoFar(runId: string): string {
  return `
    SELECT attempt, string_agg(content, '' ORDER BY char_offset) AS content
    FROM run_pieces WHERE run_id = ${runId}
    GROUP BY attempt ORDER BY attempt DESC LIMIT 1`;
}
