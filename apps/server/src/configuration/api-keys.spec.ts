import { apiKeysMistakes, parseApiKeys } from './api-keys.js';

describe('API_KEYS', () => {
  it.each<[string, RegExp[]]>([
    ['no-colon-but-long-enough', [/entry 1 must be name:key/]],
    ['ann:short', [/the key of entry 1 must be 16 to 256/]],
    ['ann:', [/the key of entry 1/]],
    [`ann:${'k'.repeat(257)}`, [/the key of entry 1/]],
    ['a b:0123456789abcdef', [/entry 1 must be name:key/]],
    [`${'n'.repeat(65)}:0123456789abcdef`, [/entry 1 must be name:key/]],
    ['ann:0123456789abcdef,ann:1123456789abcdef', [/entry 2 has the name of another entry/]],
    ['ann:0123456789abcdef,bob:0123456789abcdef', [/entry 2 has the key of another entry/]],
    ['ann:0123456789abcdef,:x', [/entry 2 must be name:key/, /the key of entry 2/]],
  ])('rejects %s', (keys, patterns) => {
    const mistakes = apiKeysMistakes(parseApiKeys(keys));
    expect(mistakes).toHaveLength(patterns.length);
    patterns.forEach((pattern, at) => expect(mistakes[at]).toMatch(pattern));
  });
});
