import { type RegenerateDto } from './turn.dto.js';
import { type TurnBody } from './turn-request.js';
import { type AnsweredMessage } from '../store/answered-message.js';

/**
 * The body of a request for another answer, with what it leaves out taken from the answer that it is to stand beside.
 * Whether the LLM streams goes by how this one is delivered.
 */
export function regeneration(body: RegenerateDto, { user, generation }: AnsweredMessage): TurnBody {
  return {
    ...body,
    model: body.model ?? generation?.model,
    metadata: body.metadata ?? generation?.metadata ?? user.metadata,
    settings: { ...generation?.settings, ...body.settings, stream: body.settings?.stream },
  };
}
