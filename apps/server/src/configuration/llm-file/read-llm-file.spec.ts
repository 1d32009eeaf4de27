import fc from 'fast-check';
import { readLlmFile } from './read-llm-file.js';

const limits = { total: 30, retryMax: 5, breakerMaxOpen: 60 };
const variables = { KEY: ' k-123 ', EMPTY: ' ', HOST_NAME: 'llm.example', NESTED: '${KEY}' };
const read = (text: string) => readLlmFile(text, 'llm.yaml', variables, limits);

/** A minimal valid file. */
const routes = `routes:
  - name: a
    endpoints: [ws://a/chat]
`;

describe('readLlmFile', () => {
  it('reads YAML and JSON', () => {
    const file = { routes: [{ name: 'a', endpoints: ['ws://a/chat', { url: 'WSS://b', weight: 0.5 }] }] };
    expect(read(JSON.stringify({ $schema: './llm.schema.json', ...file })).file).toMatchObject(file);
    expect(
      read(`---
# All of it
routes:
  - &first
    name: a
    endpoints:
      - ws://a/chat
      - url: WSS://b
        weight: .5
`).file,
    ).toEqual(file);
  });

  it('resolves aliases', () => {
    const text = `routes:
  - { name: a, endpoints: &both [ws://a/, ws://b/] }
  - { name: b, endpoints: *both }
`;
    expect(read(text).file?.routes[1]).toEqual({ name: 'b', endpoints: ['ws://a/', 'ws://b/'] });
  });

  it('reads `on` as a key, not as true (YAML 1.2)', () => {
    expect(read(`${routes}hedging: { on: true }`).file?.hedging).toEqual({ on: true });
  });

  it('substitutes environment variables in texts, without substituting in their values', () => {
    const text = `routes:
  - name: a
    api_key: \${KEY}
    model: \${NESTED} $KEY $\${KEY} $ {KEY}
    endpoints: ['wss://\${HOST_NAME}/chat?key=\${KEY}']
`;
    const { file, variables: named } = read(text);
    expect(file?.routes).toEqual([
      {
        name: 'a',
        api_key: 'k-123',
        model: '${KEY} $KEY ${KEY} $ {KEY}',
        endpoints: ['wss://llm.example/chat?key=k-123'],
      },
    ]);
    expect([...named]).toEqual(['KEY', 'NESTED', 'HOST_NAME']);
  });

  it('knows which settings the file contains, valid or not', () => {
    const { hasValueAt } = read(`${routes}timeouts: { total: wrong }`);
    expect([hasValueAt('/timeouts/total'), hasValueAt('/timeouts/idle')]).toEqual([true, false]);
  });

  it.each<[string, string, string[]]>([
    ['nothing', '', ['1:1 the file must be a mapping of keys to values']],
    ['a comment alone', '# routes', ['1:1 the file must be a mapping of keys to values']],
    ['a list', '- a', ['1:1 the file must be a mapping of keys to values']],
    ['no routes', 'fallback_reply: sorry', ['1:1 routes is missing']],
    ['empty routes', 'routes: []', ['1:9 routes must not be empty']],
    ['routes of nothing', 'routes:', ['1:8 routes must be a list']],
    [
      'a bare route',
      'routes:\n  - model: m',
      ['2:5 routes[0].name is missing', '2:5 routes[0].endpoints is missing'],
    ],
    [
      'routes of the wrong type',
      'routes:\n  - ws://a/\n  - 3',
      [
        '2:5 routes[0] must be a mapping of keys to values',
        '3:5 routes[1] must be a mapping of keys to values',
      ],
    ],
    [
      'misspelled keys',
      `${routes}    modle: m\n    colour: red\nfallback_replay: x\ntimeouts: { firstToken: 1 }`,
      [
        '4:5 routes[0].modle is not known here; did you mean model?',
        '5:5 routes[0].colour is not known here; known are name, endpoints, model, protocol, variables, multiplex, reuse, empty_answer, balancer, api_key, api_version, client_id',
        '6:1 fallback_replay is not known here; did you mean fallback_reply?',
        '7:13 timeouts.(a key) is not known here; did you mean first_token?',
      ],
    ],
    [
      'keys of Object.prototype',
      `${routes}__proto__: { a: 1 }\nretry: { constructor: 1 }`,
      [
        '4:1 (a key) is not known here; known are $schema, routes, fallback_reply, empty_answer, timeouts, retry, breaker, hedging, connections',
        '5:10 retry.constructor is not known here; known are max_retries, base, max, budget',
      ],
    ],
    [
      'invalid weights',
      'routes:\n  - name: a\n    endpoints:\n      - { url: ws://a, weight: 0 }\n      - url: ws://b\n        weight: heavy\n      - { url: ws://c, weight: .inf }',
      [
        '4:32 routes[0].endpoints[0].weight must be > 0',
        '6:17 routes[0].endpoints[1].weight must be a number',
        '7:32 routes[0].endpoints[2].weight must be a number',
      ],
    ],
    [
      'invalid addresses',
      'routes:\n  - name: a\n    endpoints: [http://u:pw@a, "ws://u:%zz@a/", ws://a/#x, { url: ftp://x }, "", 4, {}]',
      [
        '3:17 routes[0].endpoints[0] must be a WebSocket address: write ws:// instead of http://',
        '3:32 routes[0].endpoints[1] is not a valid address; write special characters of its password percent-encoded (@ as %40, % as %25)',
        '3:49 routes[0].endpoints[2] must not have a "#" part',
        '3:67 routes[0].endpoints[3].url must start with ws:// or wss://',
        '3:78 routes[0].endpoints[4] must start with ws:// or wss://',
        '3:82 routes[0].endpoints[5] must be a string or a mapping of keys to values',
        '3:85 routes[0].endpoints[6].url is missing',
      ],
    ],
    [
      'duplicate names and addresses',
      'routes:\n  - { name: a, endpoints: [ws://a, { url: ws://a/ }] }\n  - { name: a, endpoints: [ws://a] }',
      [
        '2:36 routes[0].endpoints[1] is the address of endpoints[0]; set its weight if it can take more requests',
        '3:13 routes[1].name is the name of routes[0]',
      ],
    ],
    [
      'texts that cannot be sent',
      `${routes}    api_key: a b\n    client_id: grün\n    model: ""\nfallback_reply: ""`,
      [
        '4:14 routes[0].api_key must be printable ASCII without spaces',
        '5:16 routes[0].client_id must be 1 to 128 printable ASCII characters',
        '6:12 routes[0].model must be 1 to 200 characters',
        '7:17 fallback_reply must not be empty',
      ],
    ],
    [
      'unknown values',
      `${routes}    protocol: 7\n    balancer: random\nhedging: { on: yes }`,
      [
        '4:15 routes[0].protocol must be a string',
        '5:15 routes[0].balancer must be least_loaded or round_robin or priority',
        '6:16 hedging.on must be true or false',
      ],
    ],
    [
      'numbers out of bounds',
      `${routes}timeouts: { total: 0, queue: 3601 }\nretry: { max_retries: 1.5, budget: { ratio: 2 } }\nbreaker: { failure_rate: 0 }`,
      [
        '4:20 timeouts.total must be >= 0.001',
        '4:30 timeouts.queue must be <= 3600',
        '5:23 retry.max_retries must be a whole number',
        '5:45 retry.budget.ratio must be <= 1',
        '6:26 breaker.failure_rate must be > 0',
      ],
    ],
    [
      'timeouts above the total',
      `${routes}timeouts: { total: 5, idle: 6 }\nretry: { base: 6 }\nbreaker: { open: 61 }`,
      [
        '4:29 timeouts.idle must not exceed timeouts.total, which is 5',
        '5:16 retry.base must not exceed retry.max, which is 5',
        '6:18 breaker.open must not exceed breaker.max_open, which is 60',
      ],
    ],
    [
      'a timeout above that of the environment',
      `${routes}timeouts: { connect: 31 }`,
      ['4:22 timeouts.connect must not exceed timeouts.total, which is 30'],
    ],
    [
      'variables that are not set',
      `${routes}    api_key: \${NOT_SET}\n    model: \${EMPTY}\n    client_id: \${KEY\n    api_version: \${KEY:-v1}`,
      [
        '4:14 routes[0].api_key names the environment variable NOT_SET, which is not set',
        '5:12 routes[0].model names the environment variable EMPTY, which is not set',
        '6:16 routes[0].client_id has "${" without a name and "}"; write $${ for the two characters themselves',
        '7:18 routes[0].api_version has "${" without a name and "}"; write $${ for the two characters themselves',
      ],
    ],
    [
      'a secret where a name should be',
      `${routes}    api_key: \${Sk3cret}`,
      ['4:14 routes[0].api_key names the environment variable (not shown here), which is not set'],
    ],
    [
      'a number from the environment',
      `${routes}timeouts: { total: "\${KEY}" }`,
      ['4:20 timeouts.total must be a number'],
    ],
    [
      'unresolved and recursive aliases',
      `${routes}    model: *none\ntimeouts: &t { total: *t }`,
      [
        '4:12 routes[0].model is an alias (*) without an anchor (&) before it',
        '5:23 timeouts.total is an alias (*) of a value that contains it',
      ],
    ],
    ['a duplicate key', 'routes: []\nroutes: []', ['2:1 is not valid YAML: this key is a duplicate']],
    ['a tab', 'routes:\n\t- name: a', ['2:1 is not valid YAML: indent with spaces, not with tabs']],
    [
      'an open bracket',
      'routes: [',
      ['1:10 is not valid YAML: the indentation does not match the lines around it'],
    ],
    ['two documents', `${routes}---\nroutes: []`, ['4:1 is not valid YAML: there must be only one document']],
    ['a tag', 'routes: !secret []', ['1:9 is not valid YAML: this tag (!) is not known']],
  ])('rejects %s', (_name, text, lines) => {
    const { file, mistakes } = read(text);
    expect(mistakes).toEqual(lines.map((line) => `llm.yaml:${line}`));
    expect(file).toBeUndefined();
  });

  it('limits the size of aliases of aliases', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x]' : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`,
    );
    expect(read(levels.join('\n')).mistakes).toContain(
      'llm.yaml:1:1 the file contains more than 100000 values',
    );
  });

  it('never shows a secret, in any part and however malformed the file is', () => {
    const marker = 'Xq9z';
    const template = `routes:
  - name: primary
    api_key: ${marker}${marker}
    endpoints:
      - wss://user:${marker}@host/chat?key=${marker}
      - { url: 'ws://${marker}@host', weight: 1 }
    model: "\${SECRET}"
    client_id: \${${marker}}
fallback_reply: ${marker} &${marker} *${marker}
${marker}: ${marker}
`;
    const pieces = fc.constantFrom(
      '\n',
      ' ',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      '- ',
      '\t',
      '*',
      '&',
      '!',
      '%',
      '#',
      '@',
      '|',
      ',',
      '\\',
      '?',
      '${',
      '---\n',
      marker,
      '__proto__',
    );
    const edits = fc.array(fc.tuple(fc.nat(template.length), fc.nat(6), pieces), { maxLength: 6 });
    let mistakeCount = 0;
    fc.assert(
      fc.property(edits, (changes) => {
        const text = changes.reduce(
          (before, [at, length, piece]) => before.slice(0, at) + piece + before.slice(at + length),
          template,
        );
        const { mistakes } = readLlmFile(text, 'llm.yaml', { SECRET: `${marker} ü\n` }, limits);
        mistakeCount += mistakes.length;
        expect(mistakes.join('\n')).not.toContain(marker);
      }),
      { numRuns: 200 },
    );
    expect(mistakeCount).toBeGreaterThan(200);
  });
});
