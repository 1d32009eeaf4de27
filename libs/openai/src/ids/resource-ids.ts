import { notFound } from '#problems';
import { validate } from 'uuid';

/** The prefixes of ids in the OpenAI API, and what Parley's errors call the resource. */
const kinds = { resp: 'response', msg: 'item', conv: 'conversation' } as const;

/** The prefix of an id. */
export type ResourceKind = keyof typeof kinds;

/** Converts a UUID to an id of the OpenAI API: the prefix, `_` and 32 hexadecimal digits (`resp_01a2…`). */
export function resourceId(kind: ResourceKind, uuid: string): string {
  return `${kind}_${uuid.replaceAll('-', '')}`;
}

/** The UUID in an id of the OpenAI API. @throws Problem 404 if it contains none */
export function uuidOf(kind: ResourceKind, id: string): string {
  const uuid = parsedId(kind, id);
  if (uuid === undefined) throw notFound(kinds[kind], id.slice(0, 100));
  return uuid;
}

/** The UUID in an id of the OpenAI API; undefined if it contains none. */
export function parsedId(kind: ResourceKind, id: string): string | undefined {
  const hex = id.startsWith(`${kind}_`) ? id.slice(kind.length + 1) : '';
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return validate(uuid) ? uuid : undefined;
}
