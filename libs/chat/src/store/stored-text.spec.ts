import { type Database } from '#database';
import { sliceText } from '#backpressure';
import { type Turn } from '../model/turn.js';
import { StoredText } from './stored-text.js';
import { TextSliceCache, storedSliceChars } from './text-slice-cache.js';

const turn = { owner: 'ann', reply: { id: 'id' } as Turn['reply'] };

const chars = (text: string): number => [...text].length;

/** A database with one text, which records the offsets that are read. */
function textsOf(text: string): { texts: TextSliceCache; asked: number[]; isAway: { now: boolean } } {
  const points = [...text];
  const asked: number[] = [];
  const isAway = { now: false };
  const query = async (_: unknown, [, from, count]: [string, number, number]) => {
    asked.push(from);
    if (isAway.now) throw new Error('away');
    return [{ slice: points.slice(from - 1, from - 1 + count).join('') }];
  };
  return { texts: new TextSliceCache({ forOwner: () => ({ query }) } as unknown as Database), asked, isAway };
}

async function read(text: StoredText, from: number): Promise<string> {
  let whole = '';
  for (let slice = '-'; slice !== ''; whole += slice) slice = await text.slice(from + whole.length, 16_000);
  return whole;
}

describe('StoredText', () => {
  const length = storedSliceChars * 2.5;
  const samples: [string, string][] = [
    ['ASCII', 'abcdefgh '.repeat(Math.ceil(length / 9))],
    ['characters of two code units', '.𝄞é'.repeat(Math.ceil(length / 3))],
  ];

  it.each(samples)('returns %s from any offset as it is stored', async (_, text) => {
    for (const from of [
      0,
      1,
      storedSliceChars - 1,
      storedSliceChars,
      Math.floor(text.length * 0.9),
      text.length,
    ]) {
      const { texts } = textsOf(text);
      const stored = new StoredText(texts, turn, { chars: chars(text), octets: Buffer.byteLength(text) });
      expect(await read(stored, from)).toBe(text.slice(from));
      expect(await stored.length()).toBe(text.length);
    }
  });

  it('reads each slice once for all readers, and of ASCII texts only the slices that are needed', async () => {
    const [, text] = samples[0]!;
    const { texts, asked } = textsOf(text);
    const size = { chars: text.length, octets: text.length };
    const readers = [1, 2, 3].map(() => new StoredText(texts, turn, size));
    const from = storedSliceChars * 2 + 5;
    const slices = await Promise.all(readers.map(async (reader) => reader.slice(from, 100)));
    expect(slices).toEqual(slices.map(() => sliceText(text, from, 100)));
    expect(asked).toEqual([storedSliceChars * 2 + 1]);
    expect(readers[0]!.slice(from, 100)).toBe(slices[0]);
  });

  it('caches a bounded number of slices', async () => {
    const [, text] = samples[0]!;
    const { texts, asked } = textsOf(text);
    for (let count = 0; count < 100; count += 1) await texts.read('ann', `id ${count}`, 0);
    expect(texts.cached('id 99', 0)).toBeDefined();
    expect(texts.cached('id 0', 0)).toBeUndefined();
    await texts.read('ann', 'id 0', 0);
    expect(asked).toHaveLength(101);
  });

  it('reads a slice again after a failed read', async () => {
    const { texts, isAway } = textsOf('text');
    isAway.now = true;
    await expect(texts.read('ann', 'id', 0)).rejects.toThrow('away');
    isAway.now = false;
    expect(await texts.read('ann', 'id', 0)).toBe('text');
  });
});
