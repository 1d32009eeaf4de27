/**
 * Where a position in a text is: outside of JSON; where JSON has a value; inside a JSON string; or inside JSON that is
 * itself in a JSON string.
 */
export type JsonPosition = 'outside' | 'value' | 'string' | 'nested';

/** What can follow the opening bracket of JSON; the end of the text stands for a value that is not known yet. */
const afterBracket = { '{': /^\s*("|\}|$)/, '[': /^\s*(["{[\]\d-]|true|false|null|$)/ } as const;

/**
 * Follows the JSON in a text, such as `42["said",{"text":"…"}]`. A bracket belongs to JSON if JSON can follow it, so most
 * brackets of prose do not count.
 */
export class JsonTextReader {
  #depth = 0;
  #isInString = false;
  #isInNestedString = false;

  /** Reads the next part of the text. */
  read(part: string): void {
    for (let at = 0; at < part.length; at += 1) {
      if (this.#isInString) at += this.#readInString(part, at);
      else this.#readOutside(part, at);
    }
  }

  /** Where the next character is. */
  get position(): JsonPosition {
    if (this.#isInString) return this.#isInNestedString ? 'nested' : 'string';
    return this.#depth > 0 ? 'value' : 'outside';
  }

  /** Returns how many further characters it has read. */
  #readInString(part: string, at: number): number {
    const char = part[at];
    if (char === '\\') {
      if (part[at + 1] === '"') this.#isInNestedString = !this.#isInNestedString;
      return 1;
    }
    if (char === '"') this.#isInString = this.#isInNestedString = false;
    return 0;
  }

  #readOutside(part: string, at: number): void {
    const char = part[at];
    if (char === '{' || char === '[') {
      if (this.#depth > 0 || afterBracket[char].test(part.slice(at + 1))) this.#depth += 1;
    } else if (char === '}' || char === ']') this.#depth = Math.max(0, this.#depth - 1);
    else if (char === '"') this.#isInString = this.#depth > 0;
  }
}
