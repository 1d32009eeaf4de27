const credentialName = /key|token|secret|pass|pwd|auth|sig|cred|cookie|session|jwt|bearer/i;

/** Names of parameters whose values are usually ordinary words. */
const plainName =
  /model|version|deploy|engine|format|lang|locale|region|protocol|client|room|channel|stream|type|mode|name|encoding|voice|user-agent|accept|origin|host/i;

/**
 * Whether a value of a header, a query parameter or a variable is a secret: by its name if that is conclusive, otherwise by
 * its form. At least 16 characters without a space, or at least 8 with letters and digits, count as a secret.
 */
export function isCredential(name: string, value: string): boolean {
  if (credentialName.test(name)) return true;
  if (plainName.test(name) || value.includes(' ')) return false;
  return value.length >= 16 || (value.length >= 8 && /\d/.test(value) && /[a-z]/i.test(value));
}

/** A header value without its authentication scheme: `abc` for `Bearer abc`. */
export function withoutScheme(value: string): string {
  return value.replace(/^(?:bearer|basic|token|apikey|key)\s+/i, '');
}
