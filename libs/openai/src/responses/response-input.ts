import { type LlmMessage } from '#llm';
import { type Problem, validationFailed } from '#problems';
import { parsedId, uuidOf } from '../ids/resource-ids.js';
import { parseMessages, messageItemFormat, splitQuestion, storableText } from '../input/parse-messages.js';
import { type CreateResponseDto } from './response.dto.js';

/** The parsed input of a request for a response. */
export interface ResponseInput {
  /** The text of the last message. */
  question: string;
  /** Earlier messages, without system messages. */
  before: LlmMessage[];
  /** The field `instructions` and the system messages, joined; undefined if there are none. */
  instructions: string | undefined;
  /** The conversation that the response belongs to. */
  conversationId: string | undefined;
  /** The run that the response continues. */
  previousId: string | undefined;
}

/** Parses a request for a response. @throws Problem 400 that names the field; 404 for the id of no conversation */
export function responseInput(body: CreateResponseDto): ResponseInput {
  const { input, previous_response_id, conversation } = body;
  const parsed =
    typeof input === 'string'
      ? [{ role: 'user' as const, content: storableText(input, 'input') }]
      : parseMessages(input, messageItemFormat('input'));
  const { question, before } = splitQuestion(parsed, 'input');
  const messages = before.filter(({ role }) => role !== 'system');
  const system = before.filter(({ role }) => role === 'system').map(({ content }) => content);
  const instructions = [...(body.instructions ? [body.instructions] : []), ...system];
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
  return {
    question,
    before: messages,
    instructions: instructions.length === 0 ? undefined : instructions.join('\n\n'),
    conversationId,
    previousId: previous_response_id ? idOfPrevious(previous_response_id) : undefined,
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
