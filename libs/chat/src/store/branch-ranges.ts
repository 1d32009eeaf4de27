/**
 * SQL for the messages of the branch that ends with a given message, as ranges of `seq`: from `first_seq` to `last_seq` of
 * `conversation_id`. A branch grows only while its last message is the conversation's newest message, so the messages of a
 * range are consecutive, and a range can be read from the index by `seq`. A conversation that was never forked has one
 * range, whatever its length.
 *
 * The result is the body of a recursive CTE, which must be named `branch_ranges`.
 * @param end a query for the last message: its `conversation_id`, `branch` and `seq`
 */
export function branchRanges(end: string): string {
  return `
    SELECT conversation_id, branch AS first_seq, seq AS last_seq FROM (${end}) AS leaf
    UNION ALL
    SELECT b.conversation_id, b.parent_branch, b.fork_seq
    FROM branch_ranges s JOIN branches b ON b.conversation_id = s.conversation_id AND b.branch = s.first_seq`;
}
