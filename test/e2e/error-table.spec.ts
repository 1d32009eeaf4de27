import { existsSync, globSync, readFileSync } from 'node:fs';
import { RunLostError } from '../../libs/chat/src/runs/generation/live-run.js';
import {
  cancelled,
  failed,
  storableOutcomes,
  serverRestart,
} from '../../libs/chat/src/runs/generation/run-outcome.js';
import { runProblem } from '../../libs/chat/src/api/run-problem.js';
import { sampleTurn } from '../../libs/chat/src/testing/sample-turn.js';
import { credentials } from '../../libs/llm/src/testing/client-setup.js';
import { ScriptedServer } from '#testing';
import {
  ConnectionsError,
  OwnerMemoryError,
  OwnerStreamsError,
  ProcessMemoryError,
  ProcessStreamsError,
} from '#backpressure';
import { DatabaseOverloadedError, DatabaseUnavailableError, WriteQueueFullError } from '#database';
import {
  guideProtocol,
  LlmAnswerTooLargeError,
  LlmCancelledError,
  LlmClient,
  LlmConnectError,
  LlmConnectionClosedError,
  LlmEmptyAnswerError,
  type LlmError,
  LlmFrameError,
  LlmHandshakeError,
  LlmInvalidHandshakeError,
  LlmOwnerLimitError,
  LlmProxyError,
  LlmQueueFullError,
  LlmServerError,
  LlmSessionRequestError,
  LlmTimeoutError,
  LlmUnavailableError,
  type LlmProtocol,
} from '#llm';
import { errorResponses, openAiMeanings, toProblem, type Problem } from '#problems';

const root = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');

const document = read('docs/errors.md');

/** The rows of the table under a heading, as the texts of their cells. */
function tableUnder(heading: string): string[][] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const address = 'ws://llm.example/';
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const statuses = range(100, 599).filter((status) => status !== 101);
/** Close codes that a connection can end with (RFC 6455); 1004 and 1015 never appear on the wire. */
const closeCodes = [...range(1000, 1014), 3000, 3999, 4000, 4999];

/** The server codes that the library knows. */
const serverCodes = [
  ...read('libs/llm/src/errors/answer-errors.ts').matchAll(/^ {2}(\w+): \{ scope: /gm),
].map(([, code]) => code!);

/** Every error that an attempt can fail with, and how the table names its source. */
const failures: { source: string; error: LlmError }[] = [
  ...serverCodes.map((code) => ({ source: 'error code', error: new LlmServerError(code, '') })),
  { source: 'any other error code', error: new LlmServerError('never_heard_of', '') },
  { source: 'an error without a code', error: new LlmServerError('', '') },
  ...statuses.map((status) => ({
    source: `handshake ${status}`,
    error: new LlmHandshakeError(address, status),
  })),
  ...closeCodes.map((code) => ({
    source: `close ${code}`,
    error: new LlmConnectionClosedError(address, code),
  })),
  ...(['queue', 'connect', 'first_token', 'idle', 'total'] as const).map((phase) => ({
    source: `deadline ${phase}`,
    error: new LlmTimeoutError(phase, 1, address),
  })),
  { source: 'no TCP or TLS connection', error: new LlmConnectError(address, new Error('refused')) },
  {
    source: 'a proxy that does not reach the server',
    error: new LlmProxyError(address, 'http://proxy/', 502),
  },
  {
    source: 'a proxy that does not allow the connection',
    error: new LlmProxyError(address, 'http://proxy/', 407),
  },
  { source: 'an invalid handshake', error: new LlmInvalidHandshakeError(address, 'header', 'no Upgrade') },
  { source: 'an HTTP request before it without a value', error: new LlmSessionRequestError(address, 'none') },
  { source: 'an invalid frame', error: new LlmFrameError('it is binary') },
  { source: 'an end without text', error: new LlmEmptyAnswerError(address) },
  { source: 'ours: the answer is too long', error: new LlmAnswerTooLargeError(1) },
  { source: 'ours: the queue is full', error: new LlmQueueFullError(address, 1) },
  { source: "ours: the owner's share of the queue is full", error: new LlmOwnerLimitError(address, 1) },
  { source: 'ours: the run was canceled, or a hedge lost', error: new LlmCancelledError() },
];

/** The problem that a waiting caller gets for a run that ended with an error. */
function problemOf(error: LlmError): Problem {
  const turn = sampleTurn();
  return runProblem({ ...turn, run: { ...turn.run, error: failed(error, '', []).error } });
}

const answerOf = ({ status, code }: Problem, own: string): string =>
  code === own ? `${status}` : `${status} \`${code}\``;
const yesNo = (is: boolean): string => (is ? 'yes' : 'no');

/** The error that a client with one endpoint throws if that endpoint fails in this way. */
async function thrownAfter(server: ScriptedServer, error: LlmError): Promise<LlmError> {
  const failing: LlmProtocol = { ...guideProtocol, decode: () => ({ event: { type: 'error', error } }) };
  const client = new LlmClient({
    routes: [{ name: 'only', endpoints: [server.url], model: 'm', protocol: failing, credentials }],
    retry: { maxRetries: 0 },
  });
  try {
    return await client.complete({ message: 'hi', stream: true }).then(
      () => Promise.reject(new Error('it was answered')),
      (thrown: unknown) => thrown as LlmError,
    );
  } finally {
    client.close();
  }
}

/** 400, 401, 402 and 500 → `400–402, 500`. */
function spans(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

const others = { handshake: 'any other handshake status', close: 'any other close code, or none' } as const;

/** One text for many sources: the numbers of a kind in one list, or `any other …` if the list is long. */
function joined(sources: readonly string[]): string {
  const numbersOf = (kind: string): number[] =>
    sources.filter((source) => source.startsWith(`${kind} `)).map((source) => Number(source.split(' ')[1]));
  const listed = (['handshake', 'close'] as const).flatMap((kind) => {
    const numbers = numbersOf(kind);
    if (numbers.length === 0) return [];
    if (kind === 'handshake' && numbers.every((status) => status >= 500)) return ['handshake 5xx'];
    return [numbers.length > 6 ? others[kind] : `${kind} ${spans(numbers)}`];
  });
  return [...sources.filter((source) => !/^(handshake|close) \d/.test(source)), ...listed].join('; ');
}

describe('docs/errors.md', () => {
  let server: ScriptedServer;

  beforeAll(async () => {
    server = await ScriptedServer.start((_frame, client) => client.send('{}'));
  });

  afterAll(() => server.stop());

  it('lists every failure of an attempt with its source and its consequences', async () => {
    const answers = new Map<string, Problem>();
    const rows = new Map<string, { cells: string[]; sources: string[] }>();
    for (const { source, error } of failures) {
      const verdict = `${error.code} ${error.scope}`;
      if (!answers.has(verdict)) answers.set(verdict, problemOf(await thrownAfter(server, error)));
      const problem = answers.get(verdict)!;
      const code = source === 'any other error code' ? '`…`' : `\`${error.code}\``;
      const key = `${code} ${error.scope}`;
      if (!rows.has(key)) {
        const answer = answerOf(problem, error.code);
        rows.set(key, { cells: [code, `\`${error.scope}\``, answer, yesNo(problem.retryable)], sources: [] });
      }
      rows.get(key)!.sources.push(source);
    }
    const expected = [...rows.values()].map(({ cells: [code, ...rest], sources }) => [
      code,
      joined(sources),
      ...rest,
    ]);
    expect(
      tableUnder('Attempts')
        .filter((cells) => cells.length === 5)
        .toSorted(),
    ).toEqual(expected.toSorted());
    expect(serverCodes.length).toBeGreaterThan(5);
  });

  it('covers every class of error', () => {
    const tried = new Set([...failures.map(({ error }) => error.name), LlmUnavailableError.name]);
    const classes = globSync('libs/llm/src/errors/*-errors.ts', { cwd: root }).flatMap((name) =>
      [...read(name).matchAll(/^export class (\w+)/gm)].map(([, className]) => className!),
    );
    expect(classes.toSorted()).toEqual([...tried].toSorted());
  });

  it('lists the error of a run that did not complete', () => {
    const stop = cancelled('', []).error!;
    const turn = sampleTurn();
    const runErrors = [
      failed(new LlmUnavailableError(undefined), '', []).error!,
      stop,
      serverRestart,
      [...storableOutcomes(cancelled('', []))].at(-1)!.error!,
      { code: 'internal_error', message: 'm', retryable: true },
    ];
    const expected = runErrors.map((error) => {
      const problem = runProblem({ ...turn, run: { ...turn.run, error } });
      return [`\`${error.code}\``, answerOf(problem, error.code), yesNo(problem.retryable)];
    });
    expect(
      tableUnder('Runs')
        .map(([code, , answer, retryable]) => [code, answer, retryable])
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  it('lists every other problem with its status', () => {
    const listed = new Map(
      tableUnder('Other problems').map(([code, status]) => [code!.replaceAll('`', ''), Number(status)]),
    );
    const sources = globSync('libs/{auth,chat,problems}/src/**/*.ts', { cwd: root })
      .filter((name) => !name.endsWith('.spec.ts') && existsSync(new URL(name, root)))
      .map(read)
      .join('\n');
    const found = new Map<string, number>();
    for (const [, status, code] of sources.matchAll(/status: (\d{3}),\s*code: '(\w+)'/g)) {
      found.set(code!, Number(status));
    }
    for (const [code, { status }] of Object.entries(errorResponses)) found.set(code, status);
    const factories = { unauthorized: 401, conflict: 409, tooManyRequests: 429, unavailable: 503 } as const;
    for (const [, factory, code] of sources.matchAll(
      /\b(unauthorized|conflict|tooManyRequests|unavailable)\(\s*'(\w+)'/g,
    )) {
      found.set(code!, factories[factory as keyof typeof factories]);
    }
    for (const [, given] of sources.matchAll(/\bnotFound\(([^)]*)\)/g)) {
      for (const [, what] of given!.matchAll(/'([^']+)'/g))
        found.set(`${what!.replaceAll(' ', '_')}_not_found`, 404);
    }
    found.delete('run_cancelled');
    expect(Object.fromEntries([...listed].toSorted())).toEqual(Object.fromEntries([...found].toSorted()));
    expect(found.size).toBeGreaterThan(20);
  });

  it('lists the errors of other modules with their delay before a retry', () => {
    const errors = [
      new DatabaseUnavailableError(new Error('gone')),
      new WriteQueueFullError(1),
      new DatabaseOverloadedError(1),
      new LlmQueueFullError(address, 1),
      new LlmOwnerLimitError(address, 1),
      ...[ConnectionsError, OwnerMemoryError, OwnerStreamsError, ProcessMemoryError, ProcessStreamsError].map(
        (error) => new error(1),
      ),
      new RunLostError('lost'),
    ];
    const expected = errors.map((error) => {
      const { code, retryable, retryAfterSeconds } = toProblem(error, errorResponses);
      return [
        `\`${code}\``,
        yesNo(retryable),
        retryAfterSeconds === undefined ? '–' : `${retryAfterSeconds}`,
      ];
    });
    const rows = tableUnder('Other problems').map(([code, , retryable, after]) => [code, retryable, after]);
    expect(rows).toEqual(expect.arrayContaining(expected));
    expect(expected.map(([code]) => code!.replaceAll('`', '')).toSorted()).toEqual(
      Object.keys(errorResponses).toSorted(),
    );
  });

  it('lists the codes that differ under /v1', () => {
    const shown = (value: string | number | undefined) => (value === undefined ? '–' : `\`${value}\``);
    const expected = [...openAiMeanings].map(([code, { code: openAiCode, status, responseCode }]) => [
      shown(code),
      shown(openAiCode),
      status === undefined ? '–' : `${status}`,
      shown(responseCode),
    ]);
    expect(tableUnder('Codes under /v1').toSorted()).toEqual(expected.toSorted());
  });
});
