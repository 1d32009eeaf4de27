import { validationFailed } from '#problems';
import { type ExportedMessage } from './exported-conversation.js';

/** Where an imported message stands. */
export interface MessagePlace {
  /** From 1. */
  seq: number;
  /** The place of its parent in the list, from 0; undefined for a first message. */
  parent: number | undefined;
  /** The `seq` of the first message of its branch. */
  branch: number;
}

/**
 * Puts messages into branches as turns would have: a message goes on with the branch of the message right before it if that
 * is its parent, and begins a branch of its own otherwise.
 * @throws Problem 400 for a parent that does not come before, and for an id that comes twice
 */
export function messagePlaces(messages: readonly ExportedMessage[]): MessagePlace[] {
  const known = new Map<string, number>();
  const places: MessagePlace[] = [];
  messages.forEach(({ id, parent_id }, at) => {
    const key = id.toLowerCase();
    if (known.has(key)) refuse(`messages.${at}.id`, 'duplicate_id', 'must not come twice');
    const parent = parent_id ? known.get(parent_id.toLowerCase()) : undefined;
    if (parent_id && parent === undefined) {
      refuse(
        `messages.${at}.parent_id`,
        'unknown_parent',
        'must be the id of a message before it in the list',
      );
    }
    const goesOn = parent !== undefined && parent === at - 1;
    places.push({ seq: at + 1, parent, branch: goesOn ? places[parent]!.branch : at + 1 });
    known.set(key, at);
  });
  return places;
}

function refuse(field: string, code: string, detail: string): never {
  throw validationFailed([{ field, code, detail }]);
}
