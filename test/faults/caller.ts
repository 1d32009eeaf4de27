import { textOf, type ReceivedEvent } from '../harness/event-stream.js';
import { type Json, type Stack } from '../harness/stack.js';
import { type Caller } from './fault.js';

/** What a caller received for one request, and what the server stored. */
export interface Observation {
  /** HTTP status of the answer. */
  status: number;
  ms: number;
  /** The names of a stream's events; consecutive equal ones count as one. */
  events: readonly string[];
  /** The text that the caller received. */
  text: string;
  /** The error code of the problem response or of the run. */
  code: string | undefined;
  body: Json;
  runId: string | undefined;
  conversationId: string | undefined;
  stored: { text: string; status: string };
  attempts: readonly Json[];
  activeRun: unknown;
}

/** Sends a message as a caller of the given kind, waits for the end, and reads what is stored. */
export async function ask(stack: Stack, caller: Caller, conversationId?: string): Promise<Observation> {
  const startedAt = performance.now();
  const body = {
    message: 'Who are you?',
    ...(conversationId === undefined ? {} : { conversation_id: conversationId }),
  };
  const received = caller === 'plain' ? await plain(stack, body) : await streamed(stack, body);
  return { ...received, ms: performance.now() - startedAt, ...(await stored(stack, received)) };
}

type Received = Pick<
  Observation,
  'status' | 'events' | 'text' | 'code' | 'body' | 'runId' | 'conversationId'
>;

async function plain(stack: Stack, request: Json): Promise<Received> {
  const { status, body } = await stack.call('POST', '/api/chat', request);
  return {
    status,
    events: [],
    text: (body.response as string | undefined) ?? '',
    code: body.code as string | undefined,
    body,
    runId: body.run_id as string | undefined,
    conversationId: body.conversation_id as string | undefined,
  };
}

async function streamed(stack: Stack, request: Json): Promise<Received> {
  const events = await stack.events('/api/chat', request);
  const run = events.at(-1)?.data.run;
  return {
    status: 200,
    events: events.map(({ event }) => event).filter((event, index, all) => event !== all[index - 1]),
    text: textOf(events),
    code: (run?.error as { code?: string } | null | undefined)?.code,
    body: endOf(events)?.data.message ?? {},
    runId: run?.id as string | undefined,
    conversationId: run?.conversation_id as string | undefined,
  };
}

function endOf(events: readonly ReceivedEvent[]): ReceivedEvent | undefined {
  return events.find(({ event }) => /^message\.(completed|failed|incomplete|cancelled)$/.test(event));
}

async function stored(
  stack: Stack,
  { runId, conversationId }: Received,
): Promise<Pick<Observation, 'stored' | 'attempts' | 'activeRun'>> {
  if (runId === undefined)
    return { stored: { text: '', status: 'none' }, attempts: [], activeRun: undefined };
  const [run, conversation, messages] = await Promise.all([
    stack.call('GET', `/api/runs/${runId}`),
    stack.call('GET', `/api/conversations/${conversationId}`),
    stack.call<{ data: Json[] }>('GET', `/api/conversations/${conversationId}/messages?limit=100`),
  ]);
  const message = messages.body.data.find(({ run_id }) => run_id === runId);
  return {
    stored: { text: message?.content as string, status: message?.status as string },
    attempts: run.body.attempts as Json[],
    activeRun: conversation.body.active_run_id,
  };
}
