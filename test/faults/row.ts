import { type Arena } from './arena.js';
import { ask, type Got } from './caller.js';
import { expected, statusOf, type Expected } from './expected.js';
import { type Row } from './fault.js';
import { graceMs, type Limits } from './limits.js';

/** A row of the matrix as it went. */
export interface Outcome {
  row: Row;
  got: string;
  llmSaw: string;
  ms: number;
  /** What is not as it has to be; empty for a good row. */
  wrong: readonly string[];
}

/** Has one request meet the fault, and judges all that came of it. */
export async function play(arena: Arena, row: Row): Promise<Outcome> {
  const { fault, place, caller, others, arms } = row;
  await arena.prepare(fault.isLater);
  await arena.arm(arms, fault.times);
  let got = await ask(arena.stack, caller);
  // Of two addresses that nothing is known of, either may be asked first; then the other one is.
  if (arena.hasBadAddress && got.attempts[0]?.outcome === 'succeeded') got = await ask(arena.stack, caller);
  const replies = [...arena.replies, arms.mock?.reply ?? ''].filter((reply) => reply !== '');
  const wrong = [
    ...judge(got, expected(fault, place, caller, others), replies, arena.limits),
    ...judgeFault(got, row),
  ];
  wrong.push(...(await leftovers(arena)));
  const llmSaw = seen(arena);
  await arena.heal();
  if (!arena.hasBadAddress || others !== 'nobody') wrong.push(...(await afterwards(arena, got)));
  return { row, got: inWords(got), llmSaw, ms: got.ms, wrong };
}

function judge(
  got: Got,
  { got: wanted, retrying }: Expected,
  replies: readonly string[],
  limits: Limits,
): string[] {
  const wrong: string[] = [];
  const must = (isSo: boolean, otherwise: string): void => {
    if (!isSo) wrong.push(otherwise);
  };
  const isRetrying = got.events.includes('run.retrying');
  must(got.ms <= limits.totalMs + graceMs, `took ${Math.round(got.ms)} ms`);
  must(got.runId !== undefined, 'no run_id');
  must(got.activeRun === null, `active_run_id is ${String(got.activeRun)}`);
  if (got.events.length > 0) {
    must(got.events.at(-1) === 'run.finished', `the stream ended with ${got.events.at(-1)}`);
    must(got.text === got.stored.text, `shown ${quote(got.text)}, stored ${quote(got.stored.text)}`);
    must(
      !isRetrying || got.events[got.events.indexOf('run.retrying') - 1] === 'message.delta',
      'run.retrying, but nothing had been shown',
    );
  }
  if (retrying !== undefined) must(isRetrying === retrying, `run.retrying: ${isRetrying}, not ${retrying}`);

  const isWhole = got.status === 200 && got.stored.status === 'completed';
  if (wanted === 'whole') {
    must(isWhole, `status ${got.status} ${got.stored.status} ${got.code ?? ''}, not a whole answer`);
    if (isWhole) must(replies.includes(got.text), `not one server's whole answer: ${quote(got.text)}`);
    return wrong;
  }
  must(!isWhole, `called complete: ${quote(got.text)}`);
  const isStream = got.events.length > 0;
  if (isStream) must(/^(failed|incomplete)$/.test(got.stored.status), `message is ${got.stored.status}`);
  else must(got.status === statusOf[wanted], `HTTP ${got.status}, not ${statusOf[wanted]}`);
  must(got.code !== undefined, 'no error code');
  return wrong;
}

/** An endpoint that failed in one of these ways is not asked again by the same request. */
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

/** Was the fault met, and reported as what it is? */
function judgeFault(got: Got, { fault, place, caller, others }: Row): string[] {
  const [first] = got.attempts;
  if (fault.codes.length === 0) return first?.outcome === 'succeeded' ? [] : [`attempt 1: ${show(first)}`];
  if (others === 'nobody' && got.ms < (fault.waitsMs ?? 0)) return [`asked again before ${fault.waitsMs} ms`];
  const code = String(first?.error_code);
  const wrong = fault.codes.includes(code)
    ? []
    : [`attempt 1: ${show(first)}, not ${fault.codes.join(' or ')}`];
  const again = got.attempts.filter(({ endpoint }) => endpoint === first?.endpoint).length - 1;
  if (askedOnce.includes(code) && again > 0) wrong.push(`asked again after ${code}`);
  if (expected(fault, place, caller, others).got === 'refused') {
    if (!fault.codes.includes(got.code ?? ''))
      wrong.push(`code ${got.code}, not ${fault.codes.join(' or ')}`);
    if (got.attempts.length !== 1) wrong.push(`${got.attempts.length} attempts of a refused request`);
    const reason = `the provider says ${fault.codes[0]}`;
    if (fault.name.startsWith('error') && got.events.length === 0 && got.body.detail !== reason) {
      wrong.push(`the reason is ${quote(String(got.body.detail))}`);
    }
  }
  return wrong;
}

/** Does anything stay busy with a row that is over? */
async function leftovers(arena: Arena): Promise<string[]> {
  const wrong: string[] = [];
  const deadline = performance.now() + graceMs;
  const busy = (): string[] =>
    arena.client.state.flatMap((endpoint) => {
      const index = arena.proxies.findIndex(({ port }) => endpoint.url.includes(`:${port}/`));
      const { inFlight, queued, connecting, connections } = endpoint;
      const clients = arena.proxies[index]?.clients ?? connections;
      const isQuiet = inFlight + queued + connecting === 0 && clients === connections;
      return isQuiet
        ? []
        : [`left over: ${JSON.stringify({ inFlight, queued, connecting, connections, clients })}`];
    });
  while (busy().length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  wrong.push(...busy());
  for (const mock of arena.stack.mocks) {
    const isOver = (): boolean => mock.requests.every(({ outcome }) => outcome !== 'pending');
    // A frozen server does not see its client leave; the proxy before it has.
    if (mock.behavior.freeze || mock.behavior.neverRead) continue;
    await mock.waitFor(isOver, graceMs).catch(() => wrong.push('an LLM is still at work'));
  }
  return wrong;
}

/** Does the same conversation go on as if nothing had been? */
async function afterwards(arena: Arena, { conversationId }: Got): Promise<string[]> {
  const turn = { message: 'And now?', conversation_id: conversationId };
  const { status, body } = await arena.stack.call('POST', '/api/chat', turn);
  if (status === 200 && arena.replies.includes(body.response as string)) return [];
  return [`the next turn: HTTP ${status} ${JSON.stringify(body).slice(0, 300)}`];
}

function seen(arena: Arena): string {
  return arena.stack.mocks
    .map((mock, index) => {
      const outcomes = mock.requests.map(({ outcome }) => outcome).join('+');
      return `${'AB'[index]}: ${outcomes === '' ? '–' : outcomes}`;
    })
    .join('  ');
}

function inWords({ status, code, text, events, stored }: Got): string {
  const retrying = events.includes('run.retrying') ? ', retrying' : '';
  const what = stored.status === 'completed' ? quote(text.slice(0, 6)) : `${stored.status} ${code}`;
  return `${status} ${what}${retrying}`;
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const show = (attempt: unknown): string => {
  const { outcome, error_code } = (attempt ?? {}) as { outcome?: string; error_code?: string | null };
  return `${outcome} ${error_code ?? ''}`.trim();
};
