import { type LlmMessage } from '#llm';
import { type Problem, validationFailed } from '#problems';
import { parsedId, uuidOf } from '../ids/resource-ids.js';
import { givenMessages, messageItems, questionOf, storableText } from '../input/given-messages.js';
import { type CreateResponseDto } from './response.dto.js';

/** What a request for a response says, understood. */
export interface ResponseInput {
  question: string;
  /** Said before it, without instructions. */
  before: LlmMessage[];
  /** Of the field and of the system messages, which come first. */
  instructions: string | undefined;
  /** Our id of the conversation that it belongs to. */
  conversationId: string | undefined;
  /** Our id of the run that it goes on from. */
  previousId: string | undefined;
}

/** @throws Problem 400 that names the field; 404 for a conversation that cannot be ours */
export function responseInput(body: CreateResponseDto): ResponseInput {
  const { input, previous_response_id, conversation } = body;
  const given =
    typeof input === 'string'
      ? [{ role: 'user' as const, content: storableText(input, 'input') }]
      : givenMessages(input, messageItems('input'));
  const { question, before } = questionOf(given, 'input');
  const said = before.filter(({ role }) => role !== 'system');
  const system = before.filter(({ role }) => role === 'system').map(({ content }) => content);
  const instructions = [...(body.instructions ? [body.instructions] : []), ...system];
  const conversationId = idOfConversation(conversation);
  if (conversationId !== undefined && previous_response_id) {
    throw validationFailed([
      {
        field: 'previous_response_id',
        code: 'mutually_exclusive_parameters',
        detail: 'must not be given together with conversation',
      },
    ]);
  }
  refuseUnstored(body, conversationId);
  return {
    question,
    before: said,
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

/** 400, as the official API has it: the request itself is fine, but names a response that is not there. */
export function previousNotFound(id: string): Problem {
  return validationFailed([
    {
      field: 'previous_response_id',
      code: 'previous_response_not_found',
      detail: `names no response: there is no ${id}`,
    },
  ]);
}

/** What nobody keeps cannot be come back for. */
function refuseUnstored({ store, background }: CreateResponseDto, conversationId: string | undefined): void {
  if (store !== false) return;
  const field =
    background === true ? 'background' : conversationId === undefined ? undefined : 'conversation';
  if (field === undefined) return;
  throw validationFailed([{ field, code: 'unsupported_parameter', detail: 'needs store to be true' }]);
}

function idOfConversation(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const id = typeof given === 'object' ? (given as { id?: unknown }).id : given;
  if (typeof id === 'string') return uuidOf('conv', id);
  throw validationFailed([
    { field: 'conversation', code: 'invalid_type', detail: 'must be an id, or an object with one' },
  ]);
}
