import { findSum } from './arithmetic.js';
import { markdownAnswer } from './markdown-answer.js';
import { seededPick } from './seeded-pick.js';

/** An earlier message of the conversation. */
export interface HistoryMessage {
  readonly role: string;
  readonly content: string;
}

/** The input of an answer: the same question always gets the same answer. */
export interface Question {
  readonly message: string;
  /** Earlier messages, oldest first, as the client sent them. */
  readonly history: readonly HistoryMessage[];
  readonly seed: number;
}

/** Number of characters in which keywords are searched. */
const READ_CHARS = 2_000;
const QUOTED_CHARS = 80;

const GREETING = /^\s*(hi|hello|hey|hallo|hola|bonjour|good (morning|afternoon|evening))\b/i;
const ASKS_FOR_NAME = /\bmy name\b.*\?|\bwho am i\b/i;
const TELLS_NAME = /\bmy name is ([\p{L}\p{M}'-]{1,40})/iu;
const ASKS_FOR_MEMORY =
  /\b(remember|earlier|previous(ly)?|did i (say|ask|tell)|my (first|last) (message|question))\b/i;
const ASKS_FOR_LENGTH = /\b(code|markdown|long|table|essay|in detail)\b/i;

/** Generates a plausible answer. Pure. */
export function replyText(question: Question): string {
  const message = question.message.slice(0, READ_CHARS);
  const history = earlierMessages(question);
  const pick = seededPick(`${question.seed}\n${question.message}`);

  const sum = findSum(message);
  if (sum !== undefined) return `${sum.expression} = ${sum.value}.${remark(history)}`;
  if (ASKS_FOR_NAME.test(message)) return recallName(history);
  if (ASKS_FOR_MEMORY.test(message)) return recall(history);
  if (ASKS_FOR_LENGTH.test(message)) return markdownAnswer(topicOf(message), pick);
  if (GREETING.test(message)) {
    const hello = pick(['Hello!', 'Hi there!', 'Hello 👋', 'Good to see you!']);
    return `${hello} How can I help you today?${remark(history)}`;
  }
  return `${explain(topicOf(message), pick)}${remark(history)}`;
}

function earlierMessages({ message, history }: Question): readonly HistoryMessage[] {
  const last = history.at(-1);
  return last?.role === 'user' && last.content === message ? history.slice(0, -1) : history;
}

function remark(history: readonly HistoryMessage[]): string {
  return history.length === 0 ? '' : ` (I can see ${count(history.length)} from before this one.)`;
}

function recallName(history: readonly HistoryMessage[]): string {
  const names = history.flatMap(({ role, content }) =>
    role === 'user' ? (TELLS_NAME.exec(content.slice(0, READ_CHARS))?.[1] ?? []) : [],
  );
  const name = names.at(-1);
  return name === undefined
    ? 'You have not told me your name yet.'
    : `Your name is ${name}.${remark(history)}`;
}

function recall(history: readonly HistoryMessage[]): string {
  const ownMessages = history.filter(({ role }) => role === 'user');
  const [first] = ownMessages;
  if (first === undefined)
    return 'This is the first message I have seen from you, so there is nothing to look back on yet.';
  const last = ownMessages.at(-1) ?? first;
  const latest = ownMessages.length > 1 ? ` The latest was “${quote(last.content)}”.` : '';
  return `I can see ${count(history.length)} from before this one. The first thing you said was “${quote(first.content)}”.${latest}`;
}

function explain(topic: string, pick: <T>(options: readonly T[]) => T): string {
  return [
    pick([
      `That is a good question about ${topic}.`,
      `Let us look at ${topic}.`,
      `Here is how I see ${topic}.`,
    ]),
    pick([
      'In short, it depends on what you want to achieve, and on how much time you have.',
      'Most people start small, learn what matters, and change course once or twice.',
      'There are two sides to it: what is simple today, and what stays simple later.',
    ]),
    pick([
      'A concrete example usually helps more than a rule.',
      'If I had to pick one point, it would be this: measure first, then decide.',
      'A café in Zürich once solved this with a pencil and a list – naïve, but it worked ☕.',
    ]),
    pick(['Shall I go into more detail?', 'Tell me more and I can be more precise.', 'I hope that helps 🙂']),
  ].join(' ');
}

/** The numbers and longest words of the question, in their order. */
function topicOf(message: string): string {
  const words = [...new Set(message.match(/\p{N}+|[\p{L}\p{N}]{4,30}/gu) ?? [])];
  const weight = (word: string) => (/^\p{N}/u.test(word) ? 100 : word.length);
  const chosen = new Set(words.toSorted((a, b) => weight(b) - weight(a)).slice(0, 3));
  const topic = words.filter((word) => chosen.has(word)).join(' ');
  return topic === '' ? 'that' : `“${topic}”`;
}

function quote(content: string): string {
  const characters = [...content.slice(0, READ_CHARS)];
  return characters.length > QUOTED_CHARS ? `${characters.slice(0, QUOTED_CHARS).join('')}…` : content;
}

function count(messages: number): string {
  return messages === 1 ? '1 message' : `${messages} messages`;
}
