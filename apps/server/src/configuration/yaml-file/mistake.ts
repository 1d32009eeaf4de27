import { type Pointer } from './pointer.js';

/** Something that is wrong in a file. */
export interface Mistake {
  at: Pointer;
  /** Follows the name of what it is about: `must be …`. Shows no text of the file. */
  message: string;
  /** The key itself is wrong, not its value. */
  isKey?: boolean;
}
