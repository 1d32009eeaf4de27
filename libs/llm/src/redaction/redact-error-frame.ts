import { parseFrame } from '../frame-json.js';
import { redactValue } from './redact-value.js';
import { type SecretRedactor } from './secret-redactor.js';

/** An error frame with every text in it redacted. A frame that is not JSON is treated as an error message. */
export function redactErrorFrame(frame: string, { redactError }: SecretRedactor): string {
  let value: unknown;
  try {
    value = parseFrame(frame);
  } catch {
    return redactError(frame);
  }
  const redacted = redactValue(value, redactError);
  return redacted === value ? frame : JSON.stringify(redacted);
}
