import { LeftOut } from './left-out.js';
import { readForeign } from './read-foreign.js';

/** The number of conversations in a document that arrives in pieces of so many bytes. */
async function read(text: string, size: number): Promise<number> {
  async function* pieces(): AsyncGenerator<Buffer, void> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size)
      yield await Promise.resolve(bytes.subarray(at, at + size));
  }
  let count = 0;
  for await (const conversation of readForeign('chatgpt', pieces(), new LeftOut()))
    count += Number(conversation !== null);
  return count;
}

describe('readForeign', () => {
  it.each([
    '[{"mapping":{"a" 1}}]',
    '[{"mapping":{}',
    '[{"mapping":{}}}',
    '[{"mapping":{},}]',
    '[{} {}]',
    '[01]',
    '{"a":1}}',
  ])('refuses %s as invalid JSON', async (text) => {
    for (const size of [1, 100]) {
      await expect(read(text, size)).rejects.toMatchObject({
        status: 400,
        code: 'invalid_json',
      });
    }
  });

  it('bounds depth, numbers and what is kept of a conversation', async () => {
    const errors = (code: string): unknown =>
      expect.objectContaining({ errors: [expect.objectContaining({ code })] });
    const deep = `[{"a":${'['.repeat(20_000)}`;
    await expect(read(deep, 8_192)).rejects.toEqual(errors('too_deep'));
    await expect(read(`[${'1'.repeat(2_000)}]`, 8_192)).rejects.toEqual(errors('too_long'));
    const many = `[{"mapping":[${'{},'.repeat(500_001)}{}]}]`;
    await expect(read(many, 8_192)).rejects.toEqual(errors('too_many_values'));
    const skipped = `[{"junk":[${'{},'.repeat(500_001)}{}],"mapping":{}}]`;
    expect(await read(skipped, 8_192)).toBe(1);
  });
});
