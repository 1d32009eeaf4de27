import { invalidJson, JsonShapeScanner, Problem } from '#problems';
import { Tokenizer, TokenType } from '@streamparser/json';
import { type ImportFormat } from '../import-format.js';
import { foreignBounds } from '../transfer-limits.js';
import { chatGptConversation, fromChatGpt } from './chatgpt.js';
import { type ForeignConversation } from './foreign-conversation.js';
import { JsonPicker, type Pick, type Picked } from './json-picker.js';
import { type LeftOut } from './left-out.js';
import { fromLibreChat, libreChatConversation } from './librechat.js';
import { fromOpenWebUi, openWebUiChat } from './open-webui.js';

/** A format of another program. */
export type ForeignFormat = Exclude<ImportFormat, 'parley'>;

const formats: Readonly<
  Record<ForeignFormat, { pick: Pick; convert: (picked: Picked, leftOut: LeftOut) => ForeignConversation }>
> = {
  chatgpt: { pick: chatGptConversation, convert: fromChatGpt },
  open_webui: { pick: openWebUiChat, convert: fromOpenWebUi },
  librechat: { pick: libreChatConversation, convert: fromLibreChat },
};

/**
 * Reads the conversations of another program's export, one conversation or a list, while it arrives. Keeps what is imported of
 * one conversation.
 * @param pieces the document in pieces of a few KiB
 * @param leftOut counts what is left out
 * @throws Problem 400 for invalid JSON, and beyond the bounds
 */
export async function* readForeign(
  format: ForeignFormat,
  pieces: AsyncIterable<Buffer>,
  leftOut: LeftOut,
): AsyncGenerator<ForeignConversation, void> {
  const { pick, convert } = formats[format];
  const scanner = new JsonShapeScanner(foreignBounds);
  const tokenizer = new Tokenizer({ stringBufferSize: 64 * 1024 });
  let ready: Picked[] = [];
  let picker: JsonPicker | undefined;
  tokenizer.onToken = (token) => {
    picker ??= new JsonPicker(token.token === TokenType.LEFT_BRACKET ? { each: pick } : pick, (picked) => {
      ready.push(picked);
    });
    picker.take(token);
  };
  for await (const piece of pieces) {
    scanner.push(piece);
    asInvalidJson(() => tokenizer.write(piece));
    for (const picked of ready) yield convert(picked, leftOut);
    ready = [];
  }
  if (!tokenizer.isEnded) asInvalidJson(() => tokenizer.end());
  if (!picker?.isComplete) throw invalidJson(new Error('The document ends too early'));
}

function asInvalidJson(step: () => void): void {
  try {
    step();
  } catch (error) {
    throw error instanceof Problem ? error : invalidJson(error);
  }
}
