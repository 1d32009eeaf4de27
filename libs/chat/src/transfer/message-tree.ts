import { validationFailed } from '#problems';
import { type ExportedMessage } from './exported-conversation.js';

/** Where an imported message stands. */
export interface TreePosition {
  /** From 1. */
  seq: number;
  /** The place of its parent in the list, from 0; undefined for a first message. */
  parent: number | undefined;
  /** The `seq` of the first message of its branch. */
  branch: number;
  /** Where its branch leaves its parent's; undefined unless the message begins a branch behind a parent. */
  fork: { parentBranch: number; seq: number } | undefined;
}

/**
 * Puts messages into branches as turns would have: a message goes on with the branch of the message right before it if that
 * is its parent, and begins a branch of its own otherwise. Keeps an id and a number of each message.
 */
export class MessageTree {
  readonly #known = new Map<string, number>();
  readonly #branches: number[] = [];

  /**
   * The position in the tree of the next message of the list.
   * @throws Problem 400 for a parent that is not an earlier message, and for a duplicate id
   */
  add({ id, parent_id }: Pick<ExportedMessage, 'id' | 'parent_id'>): TreePosition {
    const at = this.#branches.length;
    const key = id.toLowerCase();
    if (this.#known.has(key)) refuse(`messages.${at}.id`, 'duplicate_id', 'must not occur twice');
    const parent = parent_id ? this.#known.get(parent_id.toLowerCase()) : undefined;
    if (parent_id && parent === undefined) {
      refuse(
        `messages.${at}.parent_id`,
        'unknown_parent',
        'must be the id of a message before it in the list',
      );
    }
    const seq = at + 1;
    const goesOn = parent !== undefined && parent === at - 1;
    const branch = goesOn ? this.#branches[parent]! : seq;
    const fork =
      parent === undefined || goesOn ? undefined : { parentBranch: this.#branches[parent]!, seq: parent + 1 };
    this.#known.set(key, at);
    this.#branches.push(branch);
    return { seq, parent, branch, fork };
  }
}

function refuse(field: string, code: string, detail: string): never {
  throw validationFailed([{ field, code, detail }]);
}
