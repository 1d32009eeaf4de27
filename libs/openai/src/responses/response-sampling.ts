import { type LlmSampling } from '#llm';
import { samplingOf } from '../input/sampling.dto.js';
import { type CreateResponseDto } from './response.dto.js';

/** The settings of a request for a response that are passed to LLM servers, with the names of Chat Completions. */
export function responseSampling(body: CreateResponseDto): LlmSampling | undefined {
  return samplingOf({
    ...body,
    reasoning_effort: body.reasoning?.effort ?? null,
    verbosity: body.text?.verbosity ?? null,
  });
}
