import { type LlmMessage } from '#llm';
import { type Problem, validationFailed } from '#problems';
import { parsedId, uuidOf } from '../ids/resource-ids.js';
import { parseMessages } from '../input/parse-messages.js';
import { type Question, questionOf } from '../input/question.js';
import { storableText } from '../input/storable-text.js';
import { type CreateResponseDto } from './response.dto.js';

/** The parsed input of a request for a response. */
export interface ResponseInput {
  question: Question;
  /** The conversation that the response belongs to. */
  conversationId: string | undefined;
  /** The run that the response continues. */
  previousId: string | undefined;
  /** What happens to a long history: see `CreateResponseDto.truncation`. */
  truncation: 'auto' | 'disabled';
}

/**
 * Parses a request for a response.
 * @param input the field `input`, without item references
 * @throws Problem 400 that names the field; 404 for the id of no conversation
 */
export function responseInput(body: CreateResponseDto, input: unknown): ResponseInput {
  const { previous_response_id, conversation } = body;
  const messages: LlmMessage[] =
    typeof input === 'string'
      ? [{ role: 'user', content: storableText(input, 'input') }]
      : parseMessages(input, 'input');
  const question = questionOf(messages, 'input');
  const conversationId = idOfConversation(conversation);
  if (conversationId !== undefined && previous_response_id) {
    throw validationFailed([
      {
        field: 'previous_response_id',
        code: 'mutually_exclusive_parameters',
        detail: 'must not be combined with conversation',
      },
    ]);
  }
  rejectUnstored(body, conversationId);
  const previousId = previous_response_id ? idOfPrevious(previous_response_id) : undefined;
  const isWhole = conversationId === undefined && previousId === undefined;
  return {
    question,
    conversationId,
    previousId,
    truncation: body.truncation ?? (isWhole ? 'disabled' : 'auto'),
  };
}
function idOfPrevious(id: string): string {
  const uuid = parsedId('resp', id);
  if (uuid === undefined) throw previousNotFound(id.slice(0, 100));
  return uuid;
}

/** The error for a `previous_response_id` that does not exist: 400, as in the official API. */
export function previousNotFound(id: string): Problem {
  return validationFailed([
    {
      field: 'previous_response_id',
      code: 'previous_response_not_found',
      detail: `must be an existing response: there is no ${id}`,
    },
  ]);
}

/** A response that is not stored can neither run in the background nor belong to a conversation. */
function rejectUnstored({ store, background }: CreateResponseDto, conversationId: string | undefined): void {
  if (store !== false) return;
  const field =
    background === true ? 'background' : conversationId === undefined ? undefined : 'conversation';
  if (field === undefined) return;
  throw validationFailed([{ field, code: 'unsupported_parameter', detail: 'requires store to be true' }]);
}

function idOfConversation(conversation: unknown): string | undefined {
  if (conversation === undefined || conversation === null) return undefined;
  const id = typeof conversation === 'object' ? (conversation as { id?: unknown }).id : conversation;
  if (typeof id === 'string') return uuidOf('conv', id);
  throw validationFailed([
    { field: 'conversation', code: 'invalid_type', detail: 'must be an id, or an object with an id' },
  ]);
}
