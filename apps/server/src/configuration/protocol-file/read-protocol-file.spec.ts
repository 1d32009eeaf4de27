import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { PROTOCOL_SCHEMA } from '#llm';
import { readProtocolFile } from './read-protocol-file.js';

const root = new URL('../../../../../', import.meta.url);
const read = (text: string) => readProtocolFile(text, 'p.yaml');

/** A minimal valid file. */
const minimal = `name: mine
request: { send: '{{message}}' }
delta: { text: text }
`;

describe('schemas/protocol.schema.json', () => {
  // After a change to PROTOCOL_SCHEMA: write JSON.stringify(PROTOCOL_SCHEMA) into the file, and let Prettier format it.
  it('is the schema that validates files', () => {
    const file: unknown = JSON.parse(readFileSync(new URL('schemas/protocol.schema.json', root), 'utf8'));
    expect(file).toEqual(PROTOCOL_SCHEMA);
  });

  it('is valid JSON Schema, with a description of every key', () => {
    expect(new Ajv2020().validateSchema(PROTOCOL_SCHEMA)).toBe(true);
    const bare: string[] = [];
    const look = (name: string, schema: object): void => {
      const { properties = {}, items, additionalProperties } = schema as Record<string, object | undefined>;
      for (const [key, inner] of Object.entries(properties as Record<string, object>)) {
        if (!('description' in inner)) bare.push(`${name}.${key}`);
        look(`${name}.${key}`, inner);
      }
      if (typeof items === 'object') look(`${name}[]`, items);
      if (typeof additionalProperties === 'object') look(`${name}.*`, additionalProperties);
    };
    look('', PROTOCOL_SCHEMA);
    expect(bare).toEqual([]);
  });
});

describe('readProtocolFile', () => {
  it('reads YAML and JSON', () => {
    const described = { name: 'mine', request: { send: '{{message}}' }, delta: { text: 'text' } };
    expect(read(minimal)).toMatchObject({ value: described, mistakes: [] });
    expect(read(JSON.stringify(described)).value).toEqual(described);
  });

  it.each<[string, string, string[]]>([
    ['nothing', '', ['1:1 the file must be a mapping of keys to values']],
    [
      'only a name',
      'name: x',
      [
        '1:1 request is missing',
        '1:1 delta is missing, and so is end: one of them must contain the text of the answer',
      ],
    ],
    [
      'misspelled keys',
      `${minimal}detla: { text: a }\nerror: { wehn: { a: 1 } }\nconnection: { reuse: alwasy, max_age: soon }`,
      [
        '4:1 detla is not known here; did you mean delta?',
        '5:8 error.when is missing',
        '5:10 error.wehn is not known here; did you mean when?',
        '6:22 connection.reuse must be pool or answer or conversation',
        '6:39 connection.max_age must be a number',
      ],
    ],
    [
      'rules of the wrong form',
      `${minimal}end: done\nignore: [{}, { a: { like: 1 } }, { b: { present: yes } }]\nusage: { total: [] }`,
      [
        '4:6 end must be a mapping of keys to values or a list',
        '5:10 ignore[0] must not be empty',
        '5:21 ignore[1].a.like is not known here; known are present, truthy, not',
        '5:50 ignore[2].b.present must be true or false',
        '6:17 usage.total must not be empty',
      ],
    ],
    [
      'invalid paths and placeholders',
      `${minimal}end:\n  when: { a.__proto__.b: 1 }\n  text: [ok, a..b]\ncancel:\n  send: { stop: '{{request_id}}', who: '{{var.me}}' }`,
      [
        '5:26 end.when.(a key) must not have __proto__, prototype or constructor in it',
        '6:14 end.text[1] must be keys with dots between them, such as response.text',
        '8:17 cancel.send.stop has a {{placeholder}} that is not known here; known are',
        '8:40 cancel.send.who has {{var.me}}, which "variables" does not name',
      ],
    ],
    [
      'invalid close codes',
      `${minimal}close: { ends: [200], errors: { abc: busy } }`,
      ['4:17 close.ends[0] must be >= 1000', '4:38 close.errors.abc must be a close code'],
    ],
    [
      'an unknown base',
      `${minimal}extends: openai`,
      [
        '4:10 extends must be a shipped protocol that is described: openai-responses, openai-realtime, typed-events, iflytek-spark, gemini-live',
      ],
    ],
    ['a duplicate key', `${minimal}name: x`, ['4:1 is not valid YAML: this key is a duplicate']],
    [
      'invalid YAML',
      'name: [',
      ['1:8 is not valid YAML: the indentation does not match the lines around it'],
    ],
  ])('rejects %s', (_name, text, lines) => {
    const { value, mistakes } = read(text);
    const starts = mistakes.map((mistake, index) => mistake.slice(0, `p.yaml:${lines[index]}`.length));
    expect(starts).toEqual(lines.map((line) => `p.yaml:${line}`));
    expect(value).toBeUndefined();
  });

  it('either reports a line with a mistake, or returns a usable protocol, for any mutated file', () => {
    const template = readFileSync(new URL('examples/protocols/openclaw.yaml', root), 'utf8');
    const pieces = fc.constantFrom(
      '\n', ' ', "'", '"', '{', '}', '[', ']', ': ', '- ', '*', '&a', '{{', '}}', '__proto__', 'constructor',
      'when', 'send', 'null', '0', '.', '$', '\\',
    ); // prettier-ignore
    const edits = fc.array(fc.tuple(fc.nat(template.length), fc.nat(6), pieces), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(edits, (changes) => {
        const text = changes.reduce(
          (before, [at, length, piece]) => before.slice(0, at) + piece + before.slice(at + length),
          template,
        );
        const { value, mistakes } = read(text);
        expect(value === undefined).toBe(mistakes.length > 0);
        for (const mistake of mistakes) expect(mistake).toMatch(/^p\.yaml:\d+:\d+ /);
      }),
      { numRuns: 200 },
    );
  });
});
