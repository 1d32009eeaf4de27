import { validationFailed } from '#problems';
import { TokenType } from '@streamparser/json';

/** A token of the JSON parser. */
export interface OutlineToken {
  token: TokenType;
  value: unknown;
}

/** The members of an imported document, and the tokens with which their values may begin. */
const members: Readonly<Record<string, { first: readonly TokenType[]; type: string }>> = {
  format: { first: [TokenType.STRING], type: 'a string' },
  title: { first: [TokenType.STRING, TokenType.NULL], type: 'a string or null' },
  metadata: { first: [TokenType.LEFT_BRACE, TokenType.NULL], type: 'an object' },
  messages: { first: [TokenType.LEFT_BRACKET], type: 'a list of messages' },
};

/**
 * Checks the outermost level of an imported document while it is parsed, so that no invalid value is built: unknown
 * members, duplicate members and values of a wrong type are refused at their first token.
 */
export class ImportOutline {
  #depth = 0;
  #member: string | undefined;
  #isKeyNext = false;
  #isValueNext = false;
  readonly #seen = new Set<string>();

  /** Whether the document has this member. */
  has(member: string): boolean {
    return this.#seen.has(member);
  }

  /** Checks the next token. @throws Problem 400 that names the member */
  check({ token: kind, value }: OutlineToken): void {
    if (this.#depth === 0 && kind !== TokenType.LEFT_BRACE) refuse('body', 'is_object', 'must be an object');
    if (this.#depth === 1) this.#readMember(kind, value);
    if (kind === TokenType.LEFT_BRACE || kind === TokenType.LEFT_BRACKET) {
      this.#depth += 1;
      if (this.#depth === 1) this.#isKeyNext = true;
    } else if (kind === TokenType.RIGHT_BRACE || kind === TokenType.RIGHT_BRACKET) this.#depth -= 1;
  }

  #readMember(kind: TokenType, value: unknown): void {
    if (this.#isKeyNext && kind === TokenType.STRING) this.#begin(value as string);
    else if (kind === TokenType.COLON) this.#isValueNext = true;
    else if (kind === TokenType.COMMA) this.#isKeyNext = true;
    else if (this.#isValueNext) {
      this.#isValueNext = false;
      const { first, type } = members[this.#member!]!;
      if (!first.includes(kind)) refuse(this.#member!, 'invalid_type', `must be ${type}`);
    }
  }

  #begin(member: string): void {
    this.#isKeyNext = false;
    this.#member = member;
    if (!Object.hasOwn(members, member))
      refuse(member.slice(0, 200), 'unknown_field', 'is not a known field');
    if (this.#seen.has(member)) refuse(member, 'duplicate_field', 'must not occur twice');
    this.#seen.add(member);
  }
}

function refuse(field: string, code: string, detail: string): never {
  throw validationFailed([{ field, code, detail }]);
}
