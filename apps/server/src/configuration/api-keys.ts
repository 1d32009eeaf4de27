/** The shortest API key, in characters: the output of `openssl rand -hex 8`. */
export const MIN_KEY_LENGTH = 16;
const MAX_KEY_LENGTH = 256;

/** An API key and the name of its owner. */
export interface ApiKey {
  name: string;
  key: string;
}

/** Parses `name:key,name2:key2`. The first colon of an entry separates, so keys may contain colons. */
export function parseApiKeys(text: string): ApiKey[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const colon = entry.indexOf(':');
      return colon < 0
        ? { name: '', key: entry }
        : { name: entry.slice(0, colon), key: entry.slice(colon + 1) };
    });
}

/** Describes what is wrong with a list of keys. Identifies entries by number, as a swapped name would be a key. */
export function apiKeysMistakes(keys: readonly ApiKey[]): string[] {
  return keys.flatMap(({ name, key }, at) => {
    const entry = `entry ${at + 1}`;
    const before = keys.slice(0, at);
    return [
      ...(/^[A-Za-z0-9_-]{1,64}$/.test(name)
        ? []
        : [`${entry} must be name:key, the name 1 to 64 letters, digits, "_" or "-"`]),
      ...(before.some((other) => name !== '' && other.name === name)
        ? [`${entry} has the name of another entry`]
        : []),
      ...(key.length >= MIN_KEY_LENGTH && key.length <= MAX_KEY_LENGTH && /^[\x21-\x7e]+$/.test(key)
        ? []
        : [
            `the key of ${entry} must be ${MIN_KEY_LENGTH} to ${MAX_KEY_LENGTH} printable ASCII characters without spaces`,
          ]),
      ...(before.some((other) => other.key === key) ? [`${entry} has the key of another entry`] : []),
    ];
  });
}
