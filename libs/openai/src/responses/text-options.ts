import { NotImplemented } from '../input/not-implemented.js';
import { IsDegree } from '../input/sampling.dto.js';

/** `text` of a request for a response. */
export class TextOptions {
  @NotImplemented({ type: 'text' })
  format?: unknown;

  @IsDegree()
  verbosity?: string | null;
}
