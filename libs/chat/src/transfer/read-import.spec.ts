import { type Problem } from '#problems';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { piecesOf } from './import-body.js';
import { Pacer } from './pacer.js';
import { type ImportPart, readImport } from './read-import.js';

/** A document that arrives in chunks of so many bytes. */
const arriving = (text: string, chunkBytes = 1_000): Readable => {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / chunkBytes);
  return Readable.from(
    Array.from({ length: count }, (_, at) => bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes)),
    { objectMode: false },
  );
};

async function partsOf(body: Readable): Promise<ImportPart[]> {
  const parts: ImportPart[] = [];
  for await (const part of readImport(piecesOf(body, new Pacer(5)))) parts.push(part);
  return parts;
}

/** The code and field of the problem with a document. */
const problemOf = async (text: string, chunkBytes?: number): Promise<string> => {
  try {
    await partsOf(arriving(text, chunkBytes));
    return 'no problem';
  } catch (error) {
    const { code, errors } = error as Problem;
    return errors[0] === undefined ? code : `${errors[0].field} ${errors[0].code}`;
  }
};

describe('readImport', () => {
  it('yields the values of the document, whatever the size of its chunks', async () => {
    const message = fc
      .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
      .filter((one) => !/__proto__|constructor|prototype/.test(JSON.stringify(one)));
    const documents = fc.record(
      {
        title: fc.string({ unit: 'grapheme' }),
        metadata: message,
        messages: fc.array(message, { maxLength: 5 }),
      },
      { requiredKeys: ['messages'] },
    );
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (document, size, spaced) => {
          const text = JSON.stringify(document, undefined, spaced ? 1 : 0);
          const parts = await partsOf(arriving(text, size));
          const messages = parts.filter(({ member }) => member === 'messages');
          expect(messages.map((part) => 'at' in part && part.at)).toEqual(
            document.messages.map((_, at) => at),
          );
          const head = parts.filter(({ member }) => member !== 'messages');
          const read = {
            ...Object.fromEntries(head.map(({ member, value }) => [member, value])),
            messages: messages.map(({ value }) => value),
          };
          // As texts: some versions of V8 parse the key "\"" as "\\" in an object whose shape is known.
          expect(JSON.stringify(read)).toBe(JSON.stringify(document));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['', 'empty_body'],
    ['{', 'invalid_json'],
    ['{"messages":[]} x', 'invalid_json'],
    ['{"messages":[{} {}]}', 'invalid_json'],
    ['{"format":"x" "messages":[]}', 'invalid_json'],
    ['{"messages":[01]}', 'invalid_json'],
    ['{}', 'messages required'],
    ['[]', 'body is_object'],
    ['"x"', 'body is_object'],
    ['{"messages":{"0":{}}}', 'messages invalid_type'],
    ['{"messages":null}', 'messages invalid_type'],
    ['{"title":[[],[]],"messages":[]}', 'title invalid_type'],
    ['{"metadata":[],"messages":[]}', 'metadata invalid_type'],
    ['{"format":{},"messages":[]}', 'format invalid_type'],
    ['{"messages":[],"more":1}', 'more unknown_field'],
    ['{"messages":[],"messages":[]}', 'messages duplicate_field'],
    [`{"messages":[{"a":${'['.repeat(40)}`, `messages.0.a${'.0'.repeat(29)} too_deep`],
    [`{"messages":[{"a":[${'0,'.repeat(20_001)}`, 'messages.0 too_many_values'],
    [
      `{"messages":[{},{${Array.from({ length: 2_501 }, (_, at) => `"${at}":0,`).join('')}`,
      'messages.1 too_many_keys',
    ],
    [`{"messages":[${'{},'.repeat(100_001)}`, 'messages too_many_elements'],
    ['{"messages":[{"__proto__":1}]}', 'messages.0.__proto__ forbidden_key'],
  ])('refuses %.60j', async (text, wrong) => {
    expect(await problemOf(text)).toBe(wrong);
    if (text.length < 200) expect(await problemOf(text, 1)).toBe(wrong);
  });

  it('refuses a document above the size limit', async () => {
    const body = arriving(`{"messages":[${' '.repeat(1_000)}]}`);
    const reading = readImport(piecesOf(body, new Pacer(5), 1_000));
    await expect(reading.next()).rejects.toMatchObject({ status: 413 });
  });

  it('yields each message as soon as it has arrived', async () => {
    const body = new Readable({ read: () => undefined });
    const parts = readImport(piecesOf(body, new Pacer(5)));
    body.push('{"messages":[{"n":1},');
    expect((await parts.next()).value).toEqual({ member: 'messages', at: 0, value: { n: 1 } });
    body.push('{"n":2}');
    expect((await parts.next()).value).toMatchObject({ at: 1, value: { n: 2 } });
    body.push(']}');
    body.push(null);
    expect((await parts.next()).done).toBe(true);
  });

  it('leaves the stream open after an error', async () => {
    const body = new Readable({ read: () => undefined });
    body.push('{"messages":""');
    await expect(partsOf(body)).rejects.toMatchObject({ status: 400 });
    expect(body.destroyed).toBe(false);
    body.destroy();
  });

  it('fails with request_aborted when the client disconnects', async () => {
    const body = new Readable({ read: () => undefined });
    body.push('{"messages":[');
    const reading = partsOf(body);
    body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    await expect(reading).rejects.toMatchObject({ code: 'request_aborted' });
  });
});
