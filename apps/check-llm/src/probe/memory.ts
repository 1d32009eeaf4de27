import { randomInt, randomUUID } from 'node:crypto';
import { type LlmRequest } from '#llm';
import { isWhole, type Answer } from '../talk/answer.js';
import { Asking } from '../talk/ask.js';
import { Line } from '../talk/line.js';
import { type Server } from '../talk/server.js';
import { type MemoryFacts } from './facts.js';
import { type ProbeOptions } from './probes.js';
import { memoryQuestions } from './questions.js';

/**
 * Finds out whether two conversations on one connection share anything: one contains a word, and the other one asks for
 * it. Takes four short requests, a few more if answers differ. Undefined if one of them gets no answer.
 */
export async function probeMemory(server: Server, options: ProbeOptions): Promise<MemoryFacts | undefined> {
  const word = newWord();
  const { tell, ask, askWithHistory } = memoryQuestions(options, word);
  const used = await Line.open(server, options.connectTimeoutMs);
  const onUsed = (request: LlmRequest) => textOf(used, server, request, options);
  try {
    // A late frame would be mistaken for the answer in the other conversation.
    const introduced = await answerOf(used, server, tell, options, options.patience.afterEndMs);
    if (!isWhole(introduced) || introduced.late.length > 0) return undefined;
    const [afterwards, anew, withHistory] = [
      await onUsed(ask),
      await onNew(server, ask, options),
      await onNew(server, askWithHistory, options),
    ];
    if (afterwards === undefined || anew === undefined || withHistory === undefined) return undefined;
    const has = (text: string): boolean => text.toLowerCase().includes(word);
    let differsWhenUsed = false;
    if (!isSame(afterwards, anew)) {
      // A model may phrase the same differently: only answers that agree can be compared.
      const [again, oncemore] = [await onNew(server, ask, options), await onUsed(ask)];
      differsWhenUsed =
        again !== undefined && oncemore !== undefined && isSame(again, anew) && !isSame(oncemore, anew);
    }
    return {
      isKnown: has(afterwards),
      isKnownElsewhere: has(anew),
      canRecall: has(withHistory),
      differsWhenUsed,
    };
  } finally {
    used.close();
  }
}

/** Do the facts show that conversations on one connection share nothing? */
export function sharesNothing({
  isKnown,
  isKnownElsewhere,
  canRecall,
  differsWhenUsed,
}: MemoryFacts): boolean {
  return canRecall && !isKnown && !isKnownElsewhere && !differsWhenUsed;
}

/** A word that is in no dictionary, and that no answer has by chance. */
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
  server: Server,
  request: LlmRequest,
  options: ProbeOptions,
): Promise<string | undefined> {
  const line = await Line.open(server, options.connectTimeoutMs);
  const text = await textOf(line, server, request, options);
  line.close();
  return text;
}

async function textOf(
  line: Line,
  server: Server,
  request: LlmRequest,
  options: ProbeOptions,
): Promise<string | undefined> {
  const answer = await answerOf(line, server, request, options, 0);
  return isWhole(answer) ? answer.text : undefined;
}

/** Each question is of a conversation of its own. */
function answerOf(
  line: Line,
  { protocol }: Server,
  request: LlmRequest,
  { patience }: ProbeOptions,
  afterEndMs: number,
): Promise<Answer> {
  const asked = { ...request, conversationId: randomUUID() };
  return new Asking(line, protocol, asked, { ...patience, afterEndMs }).answer;
}

function isSame(a: string, b: string): boolean {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return plain(a) === plain(b);
}
