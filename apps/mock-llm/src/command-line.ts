import { parseArgs } from 'node:util';
import { BEHAVIOR_SETTINGS } from './behavior/behavior.js';
import { integer, type Setting, text, toggle } from './behavior/setting.js';
import { type MockLlmOptions } from './mock-llm-options.js';

const SERVER_SETTINGS = {
  host: text('127.0.0.1', 'address to listen on'),
  port: integer(8080, 0, 65_535, 'port of the WebSocket; 0: a free one'),
  path: { ...text('/chat', 'path of the WebSocket'), takes: 'a path: /…', accepts: isPath },
  controlPort: integer(8081, 0, 65_535, 'port of the HTTP control port; 0: a free one'),
  noControl: toggle('no control port'),
  seed: integer(1, 0, 2 ** 32, 'seed of the wording of answers'),
  noMultiplex: toggle('ignore request_id, answer one request at a time'),
} as const;

const SETTINGS: Readonly<Record<string, Setting<unknown>>> = { ...SERVER_SETTINGS, ...BEHAVIOR_SETTINGS };

/** A parsed command line: options, the help text, or every mistake in it. */
export type CommandLine =
  | { readonly kind: 'start'; readonly options: MockLlmOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

/**
 * Parses flags (`--tokens-per-second 50`) and environment (`MOCK_LLM_TOKENS_PER_SECOND=50`); flags take precedence. An
 * empty variable counts as unset. Pure; reports every mistake.
 */
export function readCommandLine(args: readonly string[], env: Readonly<NodeJS.ProcessEnv>): CommandLine {
  const flags = readFlags(args);
  if (flags.help) return { kind: 'help', text: helpText() };
  const mistakes = [...flags.mistakes];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const variable = variableOf(name);
    const given = flags.values.get(name) ?? (env[variable] === '' ? undefined : env[variable]);
    if (given === undefined) continue;
    const value = setting.fromText(given);
    const source = flags.values.has(name) ? flagOf(name) : variable;
    if (setting.accepts(value)) values[name] = value;
    else mistakes.push(`${source}: must be ${setting.takes}`);
  }
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  return { kind: 'start', options: optionsFrom(values) };
}

function optionsFrom(values: Readonly<Record<string, unknown>>): MockLlmOptions {
  const server = Object.fromEntries(
    Object.entries(SERVER_SETTINGS).map(([name, setting]) => [name, values[name] ?? setting.default]),
  ) as { -readonly [K in keyof typeof SERVER_SETTINGS]: (typeof SERVER_SETTINGS)[K]['default'] };
  const behavior = Object.fromEntries(Object.entries(values).filter(([name]) => name in BEHAVIOR_SETTINGS));
  const { host, port, path, controlPort, noControl, seed, noMultiplex } = server;
  return {
    host,
    port,
    path,
    seed,
    multiplex: !noMultiplex,
    behavior,
    ...(noControl ? {} : { controlPort }),
  };
}

function readFlags(args: readonly string[]): {
  help: boolean;
  values: Map<string, string>;
  mistakes: string[];
} {
  const named = Object.entries(SETTINGS).map(
    ([name, { isSwitch }]) => [flagOf(name).slice(2), { type: isSwitch ? 'boolean' : 'string' }] as const,
  );
  const names = new Map(Object.keys(SETTINGS).map((name) => [flagOf(name), name]));
  const values = new Map<string, string>();
  const mistakes: string[] = [];
  let help = false;
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(named),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`${token.value}: unexpected`);
    if (token.kind !== 'option') continue;
    const name = names.get(token.rawName);
    if (token.name === 'help' || token.name === 'h') help = true;
    else if (name === undefined) mistakes.push(`${token.rawName}: no such flag`);
    else if (token.value === undefined && !SETTINGS[name]?.isSwitch)
      mistakes.push(`${token.rawName}: needs a value`);
    else values.set(name, token.value ?? 'true');
  }
  return { help, values, mistakes };
}

function helpText(): string {
  const lines = Object.entries(SETTINGS).map(([name, setting]) => {
    const value = setting.isSwitch ? '' : ' …';
    const fallback =
      setting.default === null || setting.isSwitch ? '' : ` [${JSON.stringify(setting.default)}]`;
    const takes =
      setting.isSwitch || setting.takes.startsWith('text')
        ? ''
        : ` (${setting.takes.replace('; null: off', '')})`;
    return `  ${`${flagOf(name)}${value}`.padEnd(28)} ${setting.help}${takes}${fallback}`;
  });
  return [
    'A mock LLM server over WebSocket, with configurable faults.',
    '',
    'Every flag is also an environment variable: --tokens-per-second 50 is MOCK_LLM_TOKENS_PER_SECOND=50.',
    'Default values are in [brackets].',
    '',
    ...lines,
    '',
    'Control port (JSON): GET /health, GET and PATCH /behaviour, POST /once {"count":1,"behaviour":{…}}, POST /reset,',
    'POST /down {"ms":1000}, POST /up, POST /drop {"code":1012}, GET /requests?limit=100.',
    '',
  ].join('\n');
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function variableOf(name: string): string {
  return `MOCK_LLM_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/[^\s?#]*$/.test(value);
}
