import { type Pointer } from './pointer.js';

/** A mistake in a file. */
export interface Mistake {
  at: Pointer;
  /** Continues the name of the part: `must be …`. Contains no text of the file. */
  message: string;
  /** Whether the mistake is in the key, not in its value. */
  isKey?: boolean;
}
