import { type Message } from './message.entity.js';

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
 * What a raw statement selects to get a whole {@link Message}.
 * @param expressions SQL that stands for columns
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
 * SQL for the running sum of what the messages of a page hold, in bytes, over a window. PostgreSQL has the length of a
 * stored text without reading it.
 */
export function runningBytes(alias: string): string {
  return `sum(octet_length(${alias}.content) + octet_length(${alias}.metadata::text))`;
}
