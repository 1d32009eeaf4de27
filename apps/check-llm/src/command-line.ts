import { parseArgs } from 'node:util';
import { ProtocolDescriptionError, type Template } from '#llm';
import { requestProtocol } from './draft/compile-request.js';
import { asksQuestion, dividedTemplate, withEscapedPlaceholders } from './draft/sent-template.js';

/** The options of the command line. */
export interface CheckOptions {
  /** Undefined: the first configured endpoint. */
  address: string | undefined;
  /** The name of a shipped protocol, or a file; undefined: the configured one. */
  protocol: string | undefined;
  /** Overrides the configured model. */
  model: string | undefined;
  /** The name of a route in LLM_CONFIG. */
  route: string | undefined;
  /** How long to leave a connection idle, in seconds from 0 to 3600; 0 skips that probe. */
  idle: number;
  /** The request frame for a server of an unknown protocol. */
  send: Template | undefined;
  /** The file for a drafted description. */
  draft: string | undefined;
  /** Whether the report is JSON. */
  json: boolean;
  /** Whether findings with the verdict `differs` fail the check, too. */
  strict: boolean;
}

/** A parsed command line: a check to run, the help text, or every mistake in it. */
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

/** Seconds of `--idle`. */
const defaultIdleSeconds = 60;
const maxIdleSeconds = 3600;

/** The output of `--help`. */
export const helpText = `Checks a WebSocket LLM server: what works, what differs, and which settings fit.

  npm run check-llm -- [ws://host/path] [options]

  ws://host/path       the server; default: the first configured endpoint
  --protocol NAME      its protocol: a shipped one, or a .yaml or .json file; default: LLM_PROTOCOL, and if that
                       is not set, the protocol that check-llm detects
  --model NAME         instead of LLM_MODEL_NAME
  --route NAME         use protocol, key and first endpoint of this route in LLM_CONFIG
  --idle               leave a connection idle for 60 s, then send a request on it
  --idle-seconds N     the same with N seconds (0 to 3600)
  --send FRAME         a request of a server of an unknown protocol, with {{prompt}} for the question: JSON such as
                       {"ask":"{{prompt}}"}, a list of frames, or bare text; nothing else is tried
  --draft FILE         write a drafted description to this new file
  --json               print the report as JSON
  --strict             also fail if something differs

Key, model, timeouts and LLM_CONFIG are read from the environment and .env, as by the server.
Exit code: 0 the server works; 1 something fails (or, with --strict, differs); 2 invalid command line or configuration.
`;

/** Parses the command line. Pure; reports every mistake. */
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
  if (addresses.length > 1) mistakes.push('there must be at most one address');
  const seconds = values['idle-seconds'];
  const idle = seconds === undefined ? (values.idle === true ? defaultIdleSeconds : 0) : Number(seconds);
  if (!(idle >= 0 && idle <= maxIdleSeconds))
    mistakes.push(`--idle-seconds: must be a number from 0 to ${maxIdleSeconds}`);
  const send = templateOf(values.send as string | undefined);
  if (send !== undefined) mistakes.push(...mistakesInRequest(send).map((mistake) => `--send: ${mistake}`));
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

/** What is wrong with a request: it must contain the question, and only known placeholders. */
function mistakesInRequest(send: Template): string[] {
  if (!asksQuestion(send)) return ['must contain {{prompt}}, which stands for the question'];
  const { opening, request } = dividedTemplate(withEscapedPlaceholders(send), undefined);
  try {
    for (const template of [...opening, request])
      requestProtocol(template, { isNumericId: false, framing: undefined });
    return [];
  } catch (error) {
    if (!(error instanceof ProtocolDescriptionError)) throw error;
    return error.mistakes.map(({ message }) => message);
  }
}

/** JSON is a template; any other text is sent unchanged. */
function templateOf(text: string | undefined): Template | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Template;
  } catch {
    return text;
  }
}
