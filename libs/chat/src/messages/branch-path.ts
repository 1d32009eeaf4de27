/**
 * SQL for the branch that ends with a message, as stretches of the branches that it goes along: `branch`, and `last_seq`
 * up to where. A conversation that was never forked has one, however long it is.
 * @param leafId the expression that names the message
 */
export function branchPath(leafId: string): string {
  return `
    SELECT conversation_id, branch, seq AS last_seq FROM messages WHERE id = ${leafId}
    UNION ALL
    SELECT b.conversation_id, b.parent_branch, b.fork_seq
    FROM stretch s JOIN branches b ON b.conversation_id = s.conversation_id AND b.branch = s.branch`;
}
