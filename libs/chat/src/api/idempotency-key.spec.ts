import { Problem } from '#problems';
import { parseIdempotencyKey } from './idempotency-key.js';

describe('parseIdempotencyKey', () => {
  it.each(['1', 'a b', '!~', '8e03978e-40d5-43e8-bc93-6894a57f9324', 'x'.repeat(255)])(
    'accepts %j',
    (key) => {
      expect(parseIdempotencyKey(key)).toBe(key);
    },
  );

  it('returns undefined without a header', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each<[string | string[]]>([
    [''],
    [' '],
    [' a'],
    ['a '],
    ['x'.repeat(256)],
    ['a\nb'],
    ['a\0'],
    ['ä'],
    ['\x7f'],
    [['a', 'b']],
  ])('refuses %j and names the header', async (key) => {
    const parsing = Promise.resolve(key).then(parseIdempotencyKey);
    await expect(parsing).rejects.toBeInstanceOf(Problem);
    await expect(parsing).rejects.toMatchObject({ status: 400, errors: [{ field: 'Idempotency-Key' }] });
  });
});
