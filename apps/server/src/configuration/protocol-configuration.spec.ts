import { llmOptions } from '../modules/llm-options.js';
import { ConfigurationError } from './configuration-error.js';
import { llmChain } from './llm-chain.js';
import { parseConfiguration } from './parse-configuration.js';
import { type Variables } from './variables.js';

const described = `name: mine
variables: { room: 1, loud: false, key: { secret: true } }
request: { send: '{{message}} {{var.room}}' }
delta: { text: text }
`;

const parse = (variables: Variables, files: Record<string, string> = {}) =>
  parseConfiguration(variables, (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return text;
  });

function mistakesOf(variables: Variables, files: Record<string, string> = {}): readonly string[] {
  let found: unknown;
  try {
    parse(variables, files);
  } catch (error) {
    found = error;
  }
  expect(found).toBeInstanceOf(ConfigurationError);
  return (found as ConfigurationError).mistakes;
}

const url = { LLM_WEBSOCKET_URL: 'ws://a/' };

describe('LLM_PROTOCOL', () => {
  it('sets the protocol of the environment’s routes', () => {
    const { llm } = parse({
      ...url,
      LLM_FALLBACK_URLS: 'ws://b/',
      LLM_PROTOCOL: 'iflytek-spark',
      LLM_PROTOCOL_VARIABLES: 'app_id=12345, api_secret=a=b',
    });
    const spoken = { protocol: 'iflytek-spark', variables: { app_id: '12345', api_secret: 'a=b' } };
    expect(llmChain(llm)).toMatchObject([spoken, spoken]);
    expect(llmOptions(llm).routes).toMatchObject([
      { protocol: 'iflytek-spark', credentials: { variables: spoken.variables } },
      {},
    ]);
  });

  it('may be a file, whose variables have the type of their defaults', () => {
    const { llm } = parse(
      { ...url, LLM_PROTOCOL: 'my/own.yaml', LLM_PROTOCOL_VARIABLES: 'room=7,loud=true,key=k' },
      { 'my/own.yaml': described },
    );
    expect(llm).toMatchObject({ protocol: { name: 'mine' }, variables: { room: 7, loud: true, key: 'k' } });
    expect(llmOptions(llm).routes[0]!.protocol).toMatchObject({ name: 'mine' });
  });

  it.each<[Variables, string[]]>([
    [
      { LLM_PROTOCOL: 'openai_responses' },
      [
        'LLM_PROTOCOL is "openai_responses"; it is neither a protocol nor the path of a .yaml or .json file; did you mean openai-responses?',
      ],
    ],
    [
      { LLM_PROTOCOL: 'none.yaml' },
      ['LLM_PROTOCOL is "none.yaml"; it names a file that cannot be read (ENOENT)'],
    ],
    [
      { LLM_PROTOCOL: 'own.yaml', LLM_PROTOCOL_VARIABLES: 'sEcret=x' },
      [
        'LLM_PROTOCOL_VARIABLES: key is missing: mine needs it',
        'LLM_PROTOCOL_VARIABLES: an entry (not shown here) is not known to mine',
      ],
    ],
    [
      { LLM_PROTOCOL_VARIABLES: 'sEcret' },
      ['LLM_PROTOCOL_VARIABLES (not shown here) must be name=value pairs, separated by commas'],
    ],
    [{ LLM_PROTOCOL: 'bad.yaml' }, ['bad.yaml:1:1 name is missing']],
  ])('rejects %j', (variables, mistakes) => {
    const files = { 'own.yaml': described, 'bad.yaml': 'delta: { text: a }' };
    expect(mistakesOf({ ...url, ...variables }, files)).toEqual(mistakes);
  });

  it('is ignored by a migration', () => {
    expect(parseConfiguration({ LLM_PROTOCOL: 'none.yaml' }, () => '', 'migrating').llm.protocol).toBe(
      'guide',
    );
  });
});

describe('the protocol of a route in an LLM file', () => {
  const llmFile = `routes:
  - { name: a, endpoints: [ws://a/], protocol: gemini-live, variables: { modality: AUDIO } }
  - { name: b, endpoints: [ws://b/], protocol: protocols/own.yaml, variables: { key: '\${KEY}' }, multiplex: true }
  - { name: c, endpoints: [ws://c/] }
`;

  it('is a name, or a path relative to the file; the default is that of the environment', () => {
    const { llm } = parse(
      { LLM_CONFIG: 'etc/llm.yaml', LLM_PROTOCOL: 'typed-events', KEY: 'k' },
      { 'etc/llm.yaml': llmFile, 'etc/protocols/own.yaml': described },
    );
    expect(llmChain(llm)).toMatchObject([
      { protocol: 'gemini-live', variables: { modality: 'AUDIO' }, multiplex: undefined },
      { protocol: { name: 'mine' }, variables: { key: 'k' }, multiplex: true },
      { protocol: 'typed-events', variables: {} },
    ]);
    expect(llmOptions(llm).routes.map(({ requestsPerConnection }) => requestsPerConnection)).toEqual([
      undefined,
      32,
      undefined,
    ]);
  });

  it('reports mistakes with their line, including those in protocol files', () => {
    const file = `routes:
  - name: a
    endpoints: [ws://a/]
    protocol: gemini
    variables: { modality: AUDIO }
  - name: b
    endpoints: [ws://b/]
    protocol: /abs/own.yaml
    variables: { rom: 2 }
  - { name: c, endpoints: [ws://c/], protocol: bad.json }
  - { name: d, endpoints: [ws://d/], protocol: bad.json }
  - { name: e, endpoints: [ws://e/], protocol: none.yml }
`;
    const files = { 'etc/llm.yaml': file, '/abs/own.yaml': described, 'etc/bad.json': '{"name":"x"}' };
    expect(mistakesOf({ LLM_CONFIG: 'etc/llm.yaml' }, files)).toEqual([
      'etc/llm.yaml:4:15 routes[0].protocol is neither a protocol nor the path of a .yaml or .json file; ' +
        'known are guide, openai-responses, openai-realtime, typed-events, iflytek-spark, gemini-live',
      'etc/llm.yaml:9:16 routes[1].variables.key is missing: mine needs it',
      'etc/llm.yaml:9:18 routes[1].variables.rom is not known to mine',
      'etc/llm.yaml:12:48 routes[4].protocol names a file that cannot be read (ENOENT)',
      'etc/bad.json:1:1 request is missing',
      'etc/bad.json:1:1 delta is missing, and so is end: one of them must contain the text of the answer',
    ]);
  });
});
