import { notFound } from '#problems';
import { validate } from 'uuid';

/** What the ids of the OpenAI API begin with, and the name of the thing in our errors. */
const kinds = { resp: 'response', msg: 'item', conv: 'conversation' } as const;

export type ResourceKind = keyof typeof kinds;

/** `resp_01a2…`: one of our ids, as the official clients expect ids to look. */
export function resourceId(kind: ResourceKind, uuid: string): string {
  return `${kind}_${uuid.replaceAll('-', '')}`;
}

/** Our id. @throws Problem 404: what has another id cannot be ours */
export function uuidOf(kind: ResourceKind, id: string): string {
  const uuid = parsedId(kind, id);
  if (uuid === undefined) throw notFound(kinds[kind], id.slice(0, 100));
  return uuid;
}

/** Our id; undefined for what cannot be one of ours. */
export function parsedId(kind: ResourceKind, id: string): string | undefined {
  const hex = id.startsWith(`${kind}_`) ? id.slice(kind.length + 1) : '';
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return validate(uuid) ? uuid : undefined;
}
