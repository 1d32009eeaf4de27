import { validationFailed } from '#problems';
import { Tokenizer, TokenType } from '@streamparser/json';
import { exportFormat } from './exported-conversation.js';

/** A format that can be imported. */
export type ImportFormat = 'parley' | 'chatgpt' | 'open_webui' | 'librechat';

/** What users call the formats that can be imported. */
const knownFormats = `an export of Parley (${exportFormat}), conversations.json of ChatGPT, an export of chats of Open WebUI, and a JSON export of LibreChat`;

/** Bytes within which a document is recognized. */
const maxBytes = 256 * 1024;

/** Members of a conversation that only one format has. */
const signs: Readonly<Record<string, ImportFormat>> = {
  mapping: 'chatgpt',
  current_node: 'chatgpt',
  create_time: 'chatgpt',
  update_time: 'chatgpt',
  default_model_slug: 'chatgpt',
  chat: 'open_webui',
  share_id: 'open_webui',
  folder_id: 'open_webui',
  conversationId: 'librechat',
  messagesTree: 'librechat',
  exportAt: 'librechat',
};
/** Members of a document of Parley, which is never a list. */
const parleySigns: ReadonlySet<string> = new Set(['format', 'metadata']);
/** Members of the elements of `messages` that only one format has. */
const messageSigns: Readonly<Record<string, ImportFormat>> = {
  messageId: 'librechat',
  parentMessageId: 'librechat',
  isCreatedByUser: 'librechat',
  parentId: 'open_webui',
  childrenIds: 'open_webui',
};

/** 400: the document has none of the known formats. @param detail what is wrong with the field */
export function unknownFormat(field: string, code: string, detail: string): Error {
  return validationFailed([
    {
      field,
      code,
      detail: `${detail}. These formats can be imported, one file per request: ${knownFormats}`,
    },
  ]);
}

/** Recognizes the format of a document by the keys of its first conversation. */
export class FormatDetector {
  #format: ImportFormat | 'unknown' | undefined;
  #bytes = 0;
  #depth = 0;
  /** Depth of the members of a conversation: 1, or 2 in a list. */
  #level = 1;
  #key = '';
  #hasMessages = false;
  #isInMessages = false;
  #isKeyNext = false;
  readonly #arrays: boolean[] = [];
  readonly #tokenizer = new Tokenizer({ stringBufferSize: 64 * 1024 });

  constructor() {
    this.#tokenizer.onToken = ({ token, value }) => {
      if (this.#format === undefined) this.#take(token, value);
    };
  }

  /** The format; undefined until it is known. */
  get format(): ImportFormat | 'unknown' | undefined {
    return this.#format;
  }

  /** Reads the next bytes. JSON with a mistake counts as a document of Parley, whose reader names the mistake. */
  push(piece: Buffer): void {
    this.#bytes += piece.length;
    try {
      this.#tokenizer.write(piece);
    } catch {
      this.#format ??= this.#depth === 0 ? 'unknown' : 'parley';
    }
    // A document of Parley is not a list.
    if (this.#bytes >= maxBytes) this.#format ??= this.#level === 1 ? 'parley' : 'unknown';
  }

  #take(token: TokenType, value: unknown): void {
    switch (token) {
      case TokenType.LEFT_BRACE:
      case TokenType.LEFT_BRACKET:
        return this.#open(token === TokenType.LEFT_BRACKET);
      case TokenType.RIGHT_BRACE:
      case TokenType.RIGHT_BRACKET:
        this.#arrays.pop();
        this.#depth -= 1;
        if (this.#depth === 0) this.#format = this.#hasMessages && this.#level === 1 ? 'parley' : 'unknown';
        if (this.#depth === this.#level) this.#isInMessages = false;
        this.#isKeyNext = false;
        return;
      case TokenType.COMMA:
        this.#isKeyNext = this.#arrays.at(-1) === false;
        return;
      case TokenType.COLON:
        return;
      default:
        if (this.#depth === 0) this.#format = 'unknown';
        else if (this.#isKeyNext) this.#readKey(String(value));
    }
  }

  #open(isArray: boolean): void {
    if (this.#depth === 0 && isArray) this.#level = 2;
    if (this.#depth === this.#level) {
      this.#isInMessages = this.#key === 'messages' && isArray;
      if (this.#key === 'history' && !isArray) this.#format = 'open_webui';
    }
    this.#arrays.push(isArray);
    this.#depth += 1;
    this.#isKeyNext = !isArray;
  }

  #readKey(key: string): void {
    this.#isKeyNext = false;
    if (this.#depth === this.#level) {
      this.#key = key;
      this.#hasMessages ||= key === 'messages';
      // Other programs have a list with this name.
      if (key === 'history') return;
      if (Object.hasOwn(signs, key)) this.#format = signs[key];
      else if (this.#level === 1 && parleySigns.has(key)) this.#format = 'parley';
    } else if (this.#isInMessages && this.#depth === this.#level + 2 && Object.hasOwn(messageSigns, key)) {
      this.#format = messageSigns[key];
    }
  }
}
