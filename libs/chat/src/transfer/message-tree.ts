import { validationFailed } from '#problems';
import { type ExportedMessage } from './exported-conversation.js';

/** The position of an imported message in the tree of its conversation. */
export interface TreePosition {
  /** From 1. */
  seq: number;
  /** The index of its parent in the list, from 0; undefined without a parent. */
  parent: number | undefined;
  /** The `seq` of the first message of its branch. */
  branch: number;
  /** Where its branch forks from the branch of its parent; undefined unless the message begins a branch and has a parent. */
  fork: { parentBranch: number; seq: number } | undefined;
}

/**
 * Assigns branches to messages in the same way as turns do: a message continues the branch of the message directly before
 * it if that is its parent, and begins a new branch otherwise. Keeps the id and the branch of each message.
 */
export class MessageTree {
  readonly #known = new Map<string, number>();
  readonly #branches: number[] = [];

  /**
   * Adds the next message of the list and returns its position.
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
    const continuesBranch = parent !== undefined && parent === at - 1;
    const branch = continuesBranch ? this.#branches[parent]! : seq;
    const fork =
      parent === undefined || continuesBranch
        ? undefined
        : { parentBranch: this.#branches[parent]!, seq: parent + 1 };
    this.#known.set(key, at);
    this.#branches.push(branch);
    return { seq, parent, branch, fork };
  }
}

function refuse(field: string, code: string, detail: string): never {
  throw validationFailed([{ field, code, detail }]);
}
