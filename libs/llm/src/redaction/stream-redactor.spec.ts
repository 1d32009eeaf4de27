import fc from 'fast-check';
import { SecretRedactor } from './secret-redactor.js';
import { formsOf } from './secret-forms.js';
import { symbolAt, symbolsOf } from './symbols.js';

/** A brute-force reference: searches every form at every position. */
function naive(text: string, secrets: readonly string[]): string {
  const starts: number[] = [];
  for (let at = 0; at < text.length; at += symbolAt(text, at, true) >>> 16) starts.push(at);
  starts.push(text.length);
  const symbols = symbolsOf(text);
  const patterns = secrets
    .flatMap(formsOf)
    .filter(({ length }) => length >= 8)
    .map(symbolsOf);
  const spans: [number, number][] = [];
  for (let at = 0; at < symbols.length; at += 1) {
    for (const pattern of patterns) {
      const left = symbols.length - at;
      const common = pattern.slice(0, left).every((symbol, index) => symbols[at + index] === symbol);
      if (!common) continue;
      if (pattern.length <= left) spans.push([at, at + pattern.length]);
      else if (left >= 8 && left * 2 >= pattern.length) spans.push([at, symbols.length]);
    }
  }
  spans.sort(([a], [b]) => a - b);
  let redacted = '';
  let end = 0;
  for (const [index, [from, to]] of spans.entries()) {
    if (index === 0 || from >= end) redacted += `${text.slice(starts[end], starts[from])}[secret]`;
    end = Math.max(end, to);
  }
  return redacted + text.slice(starts[end]);
}

function inPieces(text: string, cuts: readonly number[], secrets: readonly string[]): string {
  const stream = new SecretRedactor({ secrets }).stream();
  const ends = [...cuts.map((cut) => cut % (text.length + 1)), 0, text.length].sort((a, b) => a - b);
  const pieces = ends.slice(1).map((end, index) => text.slice(ends[index], end));
  return pieces.map((piece) => stream.push(piece)).join('') + stream.end();
}

/** From a small alphabet, so that starts of secrets, overlaps and escapes are frequent. */
const small = fc.string({ unit: fc.constantFrom(...'aAbc-%256\\u0:é'), minLength: 8, maxLength: 14 });
const noise = fc.string({ unit: fc.constantFrom(...'aAbc-%256\\u0:é &#9;x'), maxLength: 12 });

function escaped(form: string, how: number): string {
  const code = (index: number) => form.charCodeAt(index).toString(16);
  switch (how) {
    case 0:
      return form.toUpperCase();
    case 1:
      return encodeURIComponent(form);
    case 2:
      return encodeURIComponent(encodeURIComponent(form));
    case 3:
      return `\\u${code(0).padStart(4, '0')}${form.slice(1)}`;
    case 4:
      return `&#x${code(0)};${form.slice(1)}`;
    default:
      return form;
  }
}

const scenario = fc.array(small, { minLength: 1, maxLength: 3 }).chain((secrets) => {
  const forms = secrets.flatMap(formsOf);
  const part = fc.oneof(
    noise,
    fc
      .tuple(fc.constantFrom(...forms), fc.nat(8), fc.nat(40))
      .map(([form, how, cut]) => (cut < form.length ? form.slice(0, cut) : escaped(form, how))),
    fc.constantFrom(...forms),
  );
  return fc.record({
    secrets: fc.constant(secrets),
    text: fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
    cuts: fc.array(fc.nat(), { maxLength: 12 }),
  });
});

describe('StreamRedactor', () => {
  it('redacts any text, split anywhere, like a brute-force search', () => {
    fc.assert(
      fc.property(scenario, ({ secrets, text, cuts }) => {
        const expected = naive(text, secrets);
        expect(new SecretRedactor({ secrets }).redact(text)).toBe(expected);
        expect(inPieces(text, cuts, secrets)).toBe(expected);
        expect(
          inPieces(
            text,
            [...text].map((_, index) => index),
            secrets,
          ),
        ).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds back the possible start of a secret, and nothing else', () => {
    const stream = new SecretRedactor({ secrets: ['sk-canary-0123'] }).stream();
    expect(stream.push('Hello, ')).toBe('Hello, ');
    expect(stream.push('ask')).toBe('a');
    expect(stream.push('-can')).toBe('');
    expect(stream.push('not')).toBe('sk-cannot');
    expect(stream.push(' sk-canary-0123!')).toBe(' [secret]!');
    expect(stream.push('sk')).toBe('');
    expect(stream.end()).toBe('sk');
  });

  it('redacts half of a secret at the end of a text', () => {
    const stream = new SecretRedactor({ secrets: ['sk-canary-0123'] }).stream();
    expect(stream.push('it is sk-canar') + stream.end()).toBe('it is [secret]');
  });

  it('holds back no more than the longest form', () => {
    const secret = 'a'.repeat(40);
    const stream = new SecretRedactor({ secrets: [secret] }).stream();
    let shown = '';
    for (let count = 0; count < 10_000; count += 1) shown += stream.push('a');
    expect(shown).toBe('[secret]');
    expect(stream.push('b') + stream.end()).toBe('b');
  });

  it('returns the text unchanged without secrets', () => {
    const stream = new SecretRedactor({ secrets: [] }).stream();
    expect(stream.push('%')).toBe('%');
    expect(stream.end()).toBe('');
  });
});
