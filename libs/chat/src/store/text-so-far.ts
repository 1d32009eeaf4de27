/**
 * SQL for the newest attempt of a run and all of its text that is in the database yet.
 * @param runId the expression that names the run
 */
export function textSoFar(runId: string): string {
  return `
    SELECT attempt, string_agg(content, '' ORDER BY char_offset) AS content
    FROM run_pieces WHERE run_id = ${runId}
    GROUP BY attempt ORDER BY attempt DESC LIMIT 1`;
}
