/**
 * SQL for the branch that ends with a message, as the stretches of its conversation that it goes along: from `first_seq`
 * to `last_seq` of `conversation_id`. A branch grows only while its end is the conversation's newest message, so its
 * messages are neighbours and a stretch is a range of the index by `seq`. A conversation that was never forked has one
 * stretch, however long it is.
 *
 * The text is that of a recursive table, which has to be named `stretch`.
 * @param end a query for the last message: its `conversation_id`, `branch` and `seq`
 */
export function branchPath(end: string): string {
  return `
    SELECT conversation_id, branch AS first_seq, seq AS last_seq FROM (${end}) AS leaf
    UNION ALL
    SELECT b.conversation_id, b.parent_branch, b.fork_seq
    FROM stretch s JOIN branches b ON b.conversation_id = s.conversation_id AND b.branch = s.first_seq`;
}
