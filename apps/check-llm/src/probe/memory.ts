import { randomUUID } from 'node:crypto';
import { type LlmRequest } from '#llm';
import { isWhole, type Answer } from '../connection/answer.js';
import { ProbeRequest } from '../connection/probe-request.js';
import { RecordedConnection } from '../connection/recorded-connection.js';
import { rulesOf, type CheckedServer } from '../connection/checked-server.js';
import { type MemoryFacts } from './facts.js';
import { madeUpWord } from './made-up-word.js';
import { type ProbeOptions } from './probes.js';
import { memoryRequests } from './requests.js';

/**
 * Tests what conversations know: one contains a word and asks for it later; another one asks for it, too, on the same
 * connection if the protocol shares connections, and on a new one. Sends three to six short requests. Undefined if one of
 * them gets no answer.
 */
export async function probeMemory(
  server: CheckedServer,
  options: ProbeOptions,
): Promise<MemoryFacts | undefined> {
  const word = madeUpWord();
  const { introduce, ask, askWithHistory } = memoryRequests(options, word);
  const { reuse } = rulesOf(server);
  const conversationId = randomUUID();
  const used = await RecordedConnection.open(server, options.connectTimeoutMs);
  const onUsed = (request: LlmRequest) => textOf(used, server, request, options);
  const onNew = async (request: LlmRequest): Promise<string | undefined> => {
    const connection = await RecordedConnection.open(server, options.connectTimeoutMs);
    const text = await textOf(connection, server, request, options);
    connection.close();
    return text;
  };
  try {
    // A late frame would be mistaken for the answer in the other conversation.
    const introduced = await answerOf(
      used,
      server,
      { ...introduce, conversationId },
      options,
      reuse === 'answer' ? 0 : options.timeouts.afterEndMs,
    );
    if (!isWhole(introduced) || (introduced.late.length > 0 && reuse === 'pool')) return undefined;
    const sameConnection = reuse === 'pool' ? await onUsed(ask) : '';
    const newConnection = await onNew(ask);
    // As Parley: a connection that belongs to a conversation gets no history.
    const followUp =
      reuse === 'conversation' && used.isOpen
        ? await onUsed({ ...ask, conversationId })
        : await onNew({ ...askWithHistory, conversationId });
    if (sameConnection === undefined || newConnection === undefined || followUp === undefined)
      return undefined;
    const has = (text: string): boolean => text.toLowerCase().includes(word);
    let differsWhenUsed = false;
    if (reuse === 'pool' && !isSame(sameConnection, newConnection)) {
      // Models rephrase: a difference counts only if the answers on two new connections are equal.
      const [secondNew, secondUsed] = [await onNew(ask), await onUsed(ask)];
      differsWhenUsed =
        secondNew !== undefined &&
        secondUsed !== undefined &&
        isSame(secondNew, newConnection) &&
        !isSame(secondUsed, newConnection);
    }
    return {
      isKnown: has(sameConnection),
      isKnownElsewhere: has(newConnection),
      canRecall: has(followUp),
      differsWhenUsed,
    };
  } finally {
    used.close();
  }
}

/** Whether the facts show that conversations on one connection share nothing. */
export function sharesNothing({
  isKnown,
  isKnownElsewhere,
  canRecall,
  differsWhenUsed,
}: MemoryFacts): boolean {
  return canRecall && !isKnown && !isKnownElsewhere && !differsWhenUsed;
}

async function textOf(
  connection: RecordedConnection,
  server: CheckedServer,
  request: LlmRequest,
  options: ProbeOptions,
): Promise<string | undefined> {
  const answer = await answerOf(connection, server, request, options, 0);
  return isWhole(answer) ? answer.text : undefined;
}

/** Without a conversation id, the request is a conversation of its own. */
function answerOf(
  connection: RecordedConnection,
  { protocol }: CheckedServer,
  request: LlmRequest,
  { timeouts }: ProbeOptions,
  afterEndMs: number,
): Promise<Answer> {
  return new ProbeRequest(connection, protocol, request, { ...timeouts, afterEndMs }).answer;
}

/** Whether two texts are equal apart from case, punctuation and white space. */
function isSame(a: string, b: string): boolean {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return plain(a) === plain(b);
}
