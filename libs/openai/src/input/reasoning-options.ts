import { Ignored } from './not-implemented.js';
import { IsDegree } from './sampling.dto.js';

/** `reasoning` of a request: the effort is passed to the LLM server, the rest describes output that Parley does not have. */
export class ReasoningOptions {
  @IsDegree()
  effort?: string | null;

  @IsDegree()
  summary?: string | null;

  @Ignored()
  generate_summary?: unknown;

  @Ignored()
  context?: unknown;

  @Ignored()
  mode?: unknown;

  @Ignored()
  enabled?: unknown;

  @Ignored()
  exclude?: unknown;
}
