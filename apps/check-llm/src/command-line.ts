import { parseArgs } from 'node:util';
import { type Template } from '#llm';

/** What the command line asks for. */
export interface CheckOptions {
  /** Left out: the one that is configured. */
  address: string | undefined;
  /** A shipped protocol, or a file; left out: the one that is configured. */
  protocol: string | undefined;
  model: string | undefined;
  /** A route of LLM_CONFIG. */
  route: string | undefined;
  /** How long a connection is left alone, in seconds; 0: not at all. */
  idle: number;
  /** What a server of an unknown protocol is asked with. */
  send: Template | undefined;
  /** Where a drafted description goes. */
  draft: string | undefined;
  json: boolean;
  /** Also what differs makes the check fail. */
  strict: boolean;
}

export type CommandLine =
  | { readonly kind: 'check'; readonly options: CheckOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

const flags = {
  protocol: { type: 'string' },
  model: { type: 'string' },
  route: { type: 'string' },
  idle: { type: 'boolean' },
  'idle-seconds': { type: 'string' },
  send: { type: 'string' },
  draft: { type: 'string' },
  json: { type: 'boolean' },
  strict: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const idleSeconds = 60;
const longestIdle = 3600;

export const helpText = `Checks a WebSocket LLM server: what works, what it does differently, and which settings fit.

  npm run check-llm -- [ws://host/path] [options]

  ws://host/path       the server; left out: the first one that is configured
  --protocol NAME      what it speaks: a shipped protocol, or a .yaml or .json file; left out: LLM_PROTOCOL,
                       and if that is not set either, what the server turns out to speak
  --model NAME         instead of LLM_MODEL_NAME
  --route NAME         the route of LLM_CONFIG whose protocol, key and first endpoint are meant
  --idle               leave a connection alone for a minute, and ask again
  --idle-seconds N     for so long
  --send JSON          a frame that the server takes, if it speaks something unknown: {"ask":"{{prompt}}"}
  --draft FILE         write a drafted description into this file; an existing one is not overwritten
  --json               the report as JSON
  --strict             fail at what differs, too

Key, model, time limits and LLM_CONFIG are read from the environment and .env, as the server does.
Exit code: 0 it works; 1 something fails (or, with --strict, differs); 2 wrong command line or configuration.
`;

/** Reads the command line. Pure; finds every mistake. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const mistakes: string[] = [];
  const values: Record<string, string | boolean> = {};
  const addresses: string[] = [];
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') addresses.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name as keyof typeof flags] : undefined;
    if (flag === undefined) mistakes.push(`${token.rawName}: no such flag`);
    else if (flag.type === 'string' && (token.value === undefined || token.value === '')) {
      mistakes.push(`${token.rawName}: needs a value`);
    } else if (flag.type === 'boolean' && token.value !== undefined) {
      mistakes.push(`${token.rawName}: takes no value`);
    } else values[token.name] = token.value ?? true;
  }
  if (values.help === true) return { kind: 'help', text: helpText };
  if (addresses.length > 1) mistakes.push('there must be one address at most');
  const seconds = values['idle-seconds'];
  const idle = seconds === undefined ? (values.idle === true ? idleSeconds : 0) : Number(seconds);
  if (!(idle >= 0 && idle <= longestIdle))
    mistakes.push(`--idle-seconds: must be a number from 0 to ${longestIdle}`);
  const send = templateOf(values.send as string | undefined);
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  return {
    kind: 'check',
    options: {
      address: addresses[0],
      protocol: values.protocol as string | undefined,
      model: values.model as string | undefined,
      route: values.route as string | undefined,
      idle,
      send,
      draft: values.draft as string | undefined,
      json: values.json === true,
      strict: values.strict === true,
    },
  };
}

/** What is no JSON is a text that is sent as it is. */
function templateOf(text: string | undefined): Template | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Template;
  } catch {
    return text;
  }
}
