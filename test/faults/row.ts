import { type TestBed } from './test-bed.js';
import { ask, type Observation } from './caller.js';
import { expected, statusOf, type Expected } from './expected.js';
import { type MatrixRow } from './fault.js';
import { graceMs, type Limits } from './limits.js';

/** The outcome of a row of the matrix. */
export interface Outcome {
  row: MatrixRow;
  /** What the caller received. */
  received: string;
  /** The outcomes of the requests at each mock LLM server. */
  llmRequests: string;
  ms: number;
  /** The violated expectations; empty if the row passes. */
  wrong: readonly string[];
}

/** Sends one request that meets the fault, and checks its outcome. */
export async function runRow(testBed: TestBed, row: MatrixRow): Promise<Outcome> {
  const { fault, timing, caller, alternative, injection } = row;
  await testBed.prepare(fault.isLater);
  await testBed.inject(injection, fault.times);
  let observed = await ask(testBed.stack, caller);
  // Either of two endpoints with unknown latency may be asked first; the next request goes to the other one.
  if (testBed.hasBadAddress && observed.attempts[0]?.outcome === 'succeeded')
    observed = await ask(testBed.stack, caller);
  const replies = [...testBed.replies, injection.mock?.reply ?? ''].filter((reply) => reply !== '');
  // A ping before the request detects the loss of a connection that was idle for two seconds, on busy machines here.
  const isAvoided = injection.open !== undefined && observed.attempts[0]?.outcome === 'succeeded';
  const wanted: Expected = isAvoided
    ? { result: 'whole', retrying: false }
    : expected(fault, timing, caller, alternative);
  const wrong = [
    ...checkResponse(observed, wanted, replies, testBed.limits),
    ...(isAvoided ? [] : checkAttempts(observed, row)),
  ];
  wrong.push(...(await unreleasedResources(testBed)));
  const llmRequests = llmOutcomes(testBed);
  await testBed.reset();
  if (!testBed.hasBadAddress || alternative !== 'none')
    wrong.push(...(await checkNextTurn(testBed, observed)));
  return { row, received: summaryOf(observed), llmRequests, ms: observed.ms, wrong };
}

function checkResponse(
  observed: Observation,
  { result: wanted, retrying }: Expected,
  replies: readonly string[],
  limits: Limits,
): string[] {
  const wrong: string[] = [];
  const must = (condition: boolean, otherwise: string): void => {
    if (!condition) wrong.push(otherwise);
  };
  const isRetrying = observed.events.includes('run.retrying');
  must(observed.ms <= limits.totalMs + graceMs, `took ${Math.round(observed.ms)} ms`);
  must(observed.runId !== undefined, 'no run_id');
  must(observed.activeRun === null, `active_run_id is ${String(observed.activeRun)}`);
  if (observed.events.length > 0) {
    must(observed.events.at(-1) === 'run.finished', `the stream ended with ${observed.events.at(-1)}`);
    must(
      observed.text === observed.stored.text,
      `shown ${quote(observed.text)}, stored ${quote(observed.stored.text)}`,
    );
    must(
      !isRetrying || observed.events[observed.events.indexOf('run.retrying') - 1] === 'message.delta',
      'run.retrying, but nothing had been shown',
    );
  }
  if (retrying !== undefined) must(isRetrying === retrying, `run.retrying: ${isRetrying}, not ${retrying}`);

  const isWhole = observed.status === 200 && observed.stored.status === 'completed';
  if (wanted === 'whole') {
    must(
      isWhole,
      `status ${observed.status} ${observed.stored.status} ${observed.code ?? ''}, not a whole answer`,
    );
    if (isWhole)
      must(replies.includes(observed.text), `not one server's whole answer: ${quote(observed.text)}`);
    return wrong;
  }
  must(!isWhole, `called complete: ${quote(observed.text)}`);
  const isStream = observed.events.length > 0;
  if (isStream)
    must(/^(failed|incomplete)$/.test(observed.stored.status), `message is ${observed.stored.status}`);
  else must(observed.status === statusOf[wanted], `HTTP ${observed.status}, not ${statusOf[wanted]}`);
  must(observed.code !== undefined, 'no error code');
  return wrong;
}

/** Error codes after which the same request must not ask the endpoint again. */
const askedOnce = [
  'unauthorized',
  'invalid_api_key',
  'handshake_refused',
  'timeout',
  'invalid_frame',
  'empty_answer',
  'first_token_timeout',
  'idle_timeout',
];

/** Checks that the fault occurred and was recorded with its error code. */
function checkAttempts(observed: Observation, { fault, timing, caller, alternative }: MatrixRow): string[] {
  const [first] = observed.attempts;
  if (fault.codes.length === 0) return first?.outcome === 'succeeded' ? [] : [`attempt 1: ${show(first)}`];
  if (alternative === 'none' && observed.ms < (fault.waitsMs ?? 0))
    return [`asked again before ${fault.waitsMs} ms`];
  const code = String(first?.error_code);
  const wrong = fault.codes.includes(code)
    ? []
    : [`attempt 1: ${show(first)}, not ${fault.codes.join(' or ')}`];
  const again = observed.attempts.filter(({ endpoint }) => endpoint === first?.endpoint).length - 1;
  if (askedOnce.includes(code) && again > 0) wrong.push(`asked again after ${code}`);
  if (expected(fault, timing, caller, alternative).result === 'refused') {
    if (!fault.codes.includes(observed.code ?? ''))
      wrong.push(`code ${observed.code}, not ${fault.codes.join(' or ')}`);
    if (observed.attempts.length !== 1)
      wrong.push(`${observed.attempts.length} attempts of a refused request`);
    const reason = `the provider says ${fault.codes[0]}`;
    if (fault.name.startsWith('error') && observed.events.length === 0 && observed.body.detail !== reason) {
      wrong.push(`the reason is ${quote(String(observed.body.detail))}`);
    }
  }
  return wrong;
}

/** Reports requests and connections that remain after the row has ended. */
async function unreleasedResources(testBed: TestBed): Promise<string[]> {
  const wrong: string[] = [];
  const deadline = performance.now() + graceMs;
  const busy = (): string[] =>
    testBed.client.state.flatMap((endpoint) => {
      const index = testBed.proxies.findIndex(({ port }) => endpoint.url.includes(`:${port}/`));
      const { inFlight, queued, connecting, connections } = endpoint;
      const clients = testBed.proxies[index]?.clients ?? connections;
      const isQuiet = inFlight + queued + connecting === 0 && clients === connections;
      return isQuiet
        ? []
        : [`left over: ${JSON.stringify({ inFlight, queued, connecting, connections, clients })}`];
    });
  while (busy().length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  wrong.push(...busy());
  for (const mock of testBed.stack.mocks) {
    const isOver = (): boolean => mock.requests.every(({ outcome }) => outcome !== 'pending');
    // A frozen server does not notice that its client has left; the proxy in front of it does.
    if (mock.behavior.freeze || mock.behavior.neverRead) continue;
    await mock.waitFor(isOver, graceMs).catch(() => wrong.push('an LLM server is still generating'));
  }
  return wrong;
}

/** Checks that the conversation can continue. */
async function checkNextTurn(testBed: TestBed, { conversationId }: Observation): Promise<string[]> {
  const turn = { message: 'And now?', conversation_id: conversationId };
  const { status, body } = await testBed.stack.call('POST', '/api/chat', turn);
  if (status === 200 && testBed.replies.includes(body.response as string)) return [];
  return [`the next turn: HTTP ${status} ${JSON.stringify(body).slice(0, 300)}`];
}

function llmOutcomes(testBed: TestBed): string {
  return testBed.stack.mocks
    .map((mock, index) => {
      const outcomes = mock.requests.map(({ outcome }) => outcome).join('+');
      return `${'AB'[index]}: ${outcomes === '' ? '–' : outcomes}`;
    })
    .join('  ');
}

function summaryOf({ status, code, text, events, stored }: Observation): string {
  const retrying = events.includes('run.retrying') ? ', retrying' : '';
  const what = stored.status === 'completed' ? quote(text.slice(0, 6)) : `${stored.status} ${code}`;
  return `${status} ${what}${retrying}`;
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const show = (attempt: unknown): string => {
  const { outcome, error_code } = (attempt ?? {}) as { outcome?: string; error_code?: string | null };
  return `${outcome} ${error_code ?? ''}`.trim();
};
