import { invalidJson, validationFailed } from '#problems';
import { TokenType } from '@streamparser/json';

/**
 * Which parts of a JSON value are built; everything else is skipped without being kept. Strings, numbers, booleans and null are
 * kept wherever a pick applies. `members` keeps these members of an object. `each` keeps every element of an array, or every
 * value of an object, as an array; an object then has its key as {@link ownKey}. `emit` passes the value on as soon as it is complete.
 */
export type Pick = 'scalar' | { members: Record<string, Pick>; emit?: true } | { each: Pick };

/** The member of an object in {@link Pick} `each` with the key that it had; not a name that JSON of other programs has. */
export const ownKey = '@key';

/** A token of the JSON parser. */
export interface Token {
  token: TokenType;
  value: unknown;
}

/** A picked object: the members that exist and are picked. */
export type Picked = Record<string, unknown>;

/** An open object or array. */
interface Frame {
  isArray: boolean;
  pick: Pick | undefined;
  target: Picked | unknown[] | undefined;
  key: string;
}

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/** Most values that are kept for one emitted value: about 30,000 messages of ChatGPT. */
const maxKept = 500_000;

/**
 * Builds the picked parts of a JSON text from its tokens. Memory: what is picked for one emitted value, and one entry per open
 * container, whose number the caller bounds. Time: constant per token.
 */
export class JsonPicker {
  readonly #frames: Frame[] = [];
  #expected: Expected = 'value';
  #kept = 0;
  readonly #root: Pick;
  readonly #emit: (value: Picked) => void;

  /** @param emit receives each object whose pick has `emit` */
  constructor(root: Pick, emit: (value: Picked) => void) {
    this.#root = root;
    this.#emit = emit;
  }

  /** Whether the text is a complete JSON value. */
  get isComplete(): boolean {
    return this.#expected === 'nothing';
  }

  /** Takes the next token. @throws Problem 400 for invalid JSON, and beyond the bounds */
  take({ token, value }: Token): void {
    switch (token) {
      case TokenType.LEFT_BRACE:
      case TokenType.LEFT_BRACKET:
        return this.#open(token === TokenType.LEFT_BRACKET);
      case TokenType.RIGHT_BRACE:
      case TokenType.RIGHT_BRACKET:
        return this.#close(token === TokenType.RIGHT_BRACKET);
      case TokenType.COLON:
        return this.#step('colon', 'value');
      case TokenType.COMMA:
        return this.#step('comma or end', this.#frames.at(-1)?.isArray ? 'value' : 'key');
      default:
        return this.#scalar(value);
    }
  }

  #step(now: Expected, next: Expected): void {
    if (this.#expected !== now) throw invalidJson(new Error(`Expected ${this.#expected}`));
    this.#expected = next;
  }

  #scalar(value: unknown): void {
    const frame = this.#frames.at(-1);
    if (this.#expected === 'key' || this.#expected === 'key or end') {
      if (typeof value !== 'string') throw invalidJson(new Error('Expected a key'));
      frame!.key = value;
      this.#expected = 'colon';
      return;
    }
    this.#expectValue();
    if (this.#pickHere() !== undefined) this.#keep(frame, value);
    this.#ended();
  }

  #open(isArray: boolean): void {
    this.#expectValue();
    const pick = this.#pickHere();
    let target: Frame['target'];
    if (typeof pick === 'object') {
      if ('each' in pick) target = [];
      else if (!isArray) target = {};
    }
    const above = this.#frames.at(-1);
    if (target !== undefined && !isEmitted(pick)) {
      this.#keep(above, target);
      if (above?.isArray === false && Array.isArray(above.target) && !Array.isArray(target)) {
        target[ownKey] = above.key;
      }
    }
    this.#frames.push({ isArray, pick: target === undefined ? undefined : pick, target, key: '' });
    this.#expected = isArray ? 'value or end' : 'key or end';
  }

  #close(isArray: boolean): void {
    const frame = this.#frames.at(-1);
    const isEnd =
      this.#expected === 'comma or end' || this.#expected === (isArray ? 'value or end' : 'key or end');
    if (frame?.isArray !== isArray || !isEnd) throw invalidJson(new Error(`Expected ${this.#expected}`));
    this.#frames.pop();
    if (isEmitted(frame.pick)) {
      this.#kept = 0;
      this.#emit(frame.target as Picked);
    }
    this.#ended();
  }

  #expectValue(): void {
    if (!this.#expected.startsWith('value')) throw invalidJson(new Error(`Expected ${this.#expected}`));
  }

  #ended(): void {
    this.#expected = this.#frames.length === 0 ? 'nothing' : 'comma or end';
  }

  /** The pick of the value that begins. */
  #pickHere(): Pick | undefined {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#root;
    const { pick, key } = frame;
    if (typeof pick !== 'object') return undefined;
    if ('each' in pick) return pick.each;
    return Object.hasOwn(pick.members, key) ? pick.members[key] : undefined;
  }

  #keep(frame: Frame | undefined, value: unknown): void {
    if (frame?.target === undefined) return;
    this.#kept += 1;
    if (this.#kept > maxKept) {
      throw validationFailed([
        {
          field: 'body',
          code: 'too_many_values',
          detail: `must have conversations of at most ${maxKept} values: texts, times, ids and other members of messages`,
        },
      ]);
    }
    if (Array.isArray(frame.target)) frame.target.push(value);
    else frame.target[frame.key] = value;
  }
}

function isEmitted(pick: Pick | undefined): boolean {
  return typeof pick === 'object' && 'members' in pick && pick.emit === true;
}
