import { Problem, unauthorized } from '#problems';
import { type IncomingHttpHeaders } from 'node:http';
import { type KeyRing } from '../keys/key-ring.js';
import { presentedKey } from '../keys/presented-key.js';
import { type Identity } from '../owner.js';
import { type FailedSignInCounter } from './failed-sign-in-counter.js';

/** Identifies the caller of a request by its headers. */
export class Authenticator {
  readonly #ring: KeyRing;
  readonly #failures: FailedSignInCounter;
  readonly #now: () => number;

  constructor(ring: KeyRing, failures: FailedSignInCounter, now: () => number) {
    this.#ring = ring;
    this.#failures = failures;
    this.#now = now;
  }

  /**
   * The identity of the caller, or the problem to reject the request with: 401 `missing_api_key` or `invalid_api_key`, or
   * 429 `too_many_failed_sign_ins`. A valid key is accepted regardless of failures from its address. Problems never
   * contain the presented key.
   * @param address the client address, as `clientOf` normalizes it
   */
  authenticate(headers: IncomingHttpHeaders, address: string): Identity | Problem {
    const key = presentedKey(headers);
    if (key === undefined) {
      return unauthorized(
        'missing_api_key',
        'Send an API key: Authorization: Bearer KEY, or X-API-Key: KEY.',
      );
    }
    const identity = this.#ring.find(key);
    if (identity !== undefined) return identity;
    const waitMs = this.#failures.record(address, key, this.#now());
    if (waitMs > 0) return tooManyFailedSignIns(waitMs);
    return unauthorized('invalid_api_key', 'This API key is unknown.', 'Bearer error="invalid_token"');
  }
}

function tooManyFailedSignIns(waitMs: number): Problem {
  return new Problem({
    status: 429,
    code: 'too_many_failed_sign_ins',
    title: 'Too many failed sign-ins',
    detail:
      'Too many requests from your address had an unknown API key. A valid key is accepted at any time.',
    retryable: false,
    retryAfterSeconds: waitMs / 1000,
  });
}
