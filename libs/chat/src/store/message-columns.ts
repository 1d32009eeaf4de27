import { type Message } from '../model/message.entity.js';

const columns = [
  'id',
  'conversation_id',
  'parent_id',
  'seq',
  'role',
  'content',
  'status',
  'model',
  'finish_reason',
  'tokens_used',
  'usage',
  'source',
  'run_id',
  'metadata',
  'created_at',
  'completed_at',
] as const satisfies readonly (keyof Message)[];

/**
 * SQL for the columns of a whole {@link Message}.
 * @param expressions SQL that replaces some columns
 */
export function messageColumns(
  alias: string,
  expressions: Partial<Record<(typeof columns)[number], string>> = {},
): string {
  const select = (column: (typeof columns)[number]): string =>
    expressions[column] === undefined ? `${alias}.${column}` : `${expressions[column]} AS ${column}`;
  return columns.map(select).join(', ');
}

/**
 * SQL for the running sum of the bytes of text and metadata of a page's messages, over a window. PostgreSQL knows the
 * length of a stored text without reading it.
 */
export function runningBytes(alias: string): string {
  return `sum(octet_length(${alias}.content) + octet_length(${alias}.metadata::text))`;
}
