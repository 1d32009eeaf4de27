/** Numbers from one to three, in words of some languages and in digits. */
const firstNumbers = [
  [/\bone\b/i, /\btwo\b/i, /\bthree\b/i],
  [/\beins?\b/i, /\bzwei\b/i, /\bdrei\b/i],
  [/\bun[oe]?\b/i, /\b(dos|deux|due|dois)\b/i, /\b(tres|trois|tre|três)\b/i],
  [/一/, /二/, /三/],
  [/\b1\b/, /\b2\b/, /\b3\b/],
] as const;

/** Phrases of refusals and of errors that are sent as answers. */
const refusal =
  /\b(forbidden|unauthori[sz]ed|not authori[sz]ed|authenticat|permission|access denied|denied|not allowed|not found|bad request|invalid|unknown (command|action|route|message|type|event|method)|unsupported|not supported|missing|internal (server )?error|rate limit|too many requests|please (log|sign) in|no route|service unavailable|quota|malformed|failed to|cannot process|refused|rejected|expired|error|login required)\b/i;

/** Longest text that is taken for a refusal, in characters. */
const maxRefusalLength = 300;

/** Whether a text counts from one. A text that only repeats the request, `from one to twenty`, does not. */
export function counts(text: string): boolean {
  return firstNumbers.some((numbers) => {
    const places = numbers.map((number) => text.search(number));
    return places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1));
  });
}

/** Whether a text contains a made-up word. */
export function hasWord(text: string, word: string): boolean {
  return text.toLowerCase().includes(word.toLowerCase());
}

/** Whether a text repeats its question instead of answering it. */
export function echoes(text: string, question: string): boolean {
  const words = lettersOf(question).split(' ');
  // Many echoes are cut or have marks in between: four words in a row are enough.
  const said = lettersOf(text);
  return words.some(
    (_, index) => index + 4 <= words.length && said.includes(words.slice(index, index + 4).join(' ')),
  );
}

/** Whether two texts are equal apart from ids, numbers, case, punctuation and white space. */
export function isSameAnswer(a: string, b: string): boolean {
  return withoutIds(a) === withoutIds(b);
}

/** Whether a text reads as a refusal or an error. */
export function readsAsRefusal(text: string): boolean {
  return text.length <= maxRefusalLength && refusal.test(text);
}

function withoutIds(text: string): string {
  return lettersOf(text.replaceAll(/[\da-f-]{8,}|\d+/gi, ' '));
}

function lettersOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
