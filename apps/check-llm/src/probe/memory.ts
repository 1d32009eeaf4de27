import { randomInt, randomUUID } from 'node:crypto';
import { type LlmRequest } from '#llm';
import { isWhole, type Answer } from '../connection/answer.js';
import { ProbeRequest } from '../connection/probe-request.js';
import { RecordedConnection } from '../connection/recorded-connection.js';
import { type CheckedServer } from '../connection/checked-server.js';
import { type MemoryFacts } from './facts.js';
import { type ProbeOptions } from './probes.js';
import { memoryRequests } from './requests.js';

/**
 * Tests whether two conversations on one connection share anything: one contains a word, and the other one asks for it.
 * Sends four short requests, or six if answers differ. Undefined if one of them gets no answer.
 */
export async function probeMemory(
  server: CheckedServer,
  options: ProbeOptions,
): Promise<MemoryFacts | undefined> {
  const word = newWord();
  const { introduce, ask, askWithHistory } = memoryRequests(options, word);
  const used = await RecordedConnection.open(server, options.connectTimeoutMs);
  const onUsed = (request: LlmRequest) => textOf(used, server, request, options);
  try {
    // A late frame would be mistaken for the answer in the other conversation.
    const introduced = await answerOf(used, server, introduce, options, options.timeouts.afterEndMs);
    if (!isWhole(introduced) || introduced.late.length > 0) return undefined;
    const [sameConnection, newConnection, withHistory] = [
      await onUsed(ask),
      await onNew(server, ask, options),
      await onNew(server, askWithHistory, options),
    ];
    if (sameConnection === undefined || newConnection === undefined || withHistory === undefined)
      return undefined;
    const has = (text: string): boolean => text.toLowerCase().includes(word);
    let differsWhenUsed = false;
    if (!isSame(sameConnection, newConnection)) {
      // Models rephrase: a difference counts only if the answers on two new connections are equal.
      const [secondNew, secondUsed] = [await onNew(server, ask, options), await onUsed(ask)];
      differsWhenUsed =
        secondNew !== undefined &&
        secondUsed !== undefined &&
        isSame(secondNew, newConnection) &&
        !isSame(secondUsed, newConnection);
    }
    return {
      isKnown: has(sameConnection),
      isKnownElsewhere: has(newConnection),
      canRecall: has(withHistory),
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

/** A made-up word that no answer contains by chance. */
function newWord(): string {
  const syllables = [
    'ba',
    'do',
    'fi',
    'gu',
    'ka',
    'lo',
    'mi',
    'nu',
    'pe',
    'ra',
    'so',
    'tu',
    've',
    'wi',
    'xa',
    'zo',
  ];
  return Array.from({ length: 6 }, () => syllables[randomInt(syllables.length)]).join('');
}

async function onNew(
  server: CheckedServer,
  request: LlmRequest,
  options: ProbeOptions,
): Promise<string | undefined> {
  const connection = await RecordedConnection.open(server, options.connectTimeoutMs);
  const text = await textOf(connection, server, request, options);
  connection.close();
  return text;
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

/** Sends the request as a conversation of its own. */
function answerOf(
  connection: RecordedConnection,
  { protocol }: CheckedServer,
  request: LlmRequest,
  { timeouts }: ProbeOptions,
  afterEndMs: number,
): Promise<Answer> {
  const ownConversation = { ...request, conversationId: randomUUID() };
  return new ProbeRequest(connection, protocol, ownConversation, { ...timeouts, afterEndMs }).answer;
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
