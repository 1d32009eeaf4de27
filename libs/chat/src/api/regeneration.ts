import { type RegenerateDto } from './turn.dto.js';
import { type TurnBody } from './turn-request.js';
import { type AnsweredMessage } from '../store/answered-message.js';

/**
 * The body of a request for another answer, completed with the settings of the previous answer. The exception is `stream`,
 * which depends on the form of this response.
 */
export function regeneration(body: RegenerateDto, { user, generation }: AnsweredMessage): TurnBody {
  return {
    ...body,
    model: body.model ?? generation?.model,
    metadata: body.metadata ?? generation?.metadata ?? user.metadata,
    settings: { ...generation?.settings, ...body.settings, stream: body.settings?.stream },
  };
}
