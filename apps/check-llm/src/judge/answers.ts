import { explainsNoText } from '#llm';
import { isWhole, type Answer } from '../connection/answer.js';
import { receivedTexts } from '../connection/recorded-connection.js';
import { type Expectations } from './expectations.js';
import { counted, shownMs, type CheckName, type Finding } from './finding.js';
import { judgeLate } from './late-frames.js';

/** Most frames that a finding shows: the last ones of a long answer. */
const shownFrames = 6;

/** The close code with which servers reject credentials (RFC 6455, section 7.4.1). */
const policyViolation = 1008;

/** Judges a streamed answer: failures first, then deviations, then whether it was really streamed. */
export function judgeStreamed(answer: Answer, expected: Expectations): Finding {
  const check = 'streamed answer';
  const failure = failureOf(check, answer, expected) ?? differenceOf(check, answer, expected);
  if (failure !== undefined) return failure;
  const { pieces, firstMs = 0, streamedText, text } = answer;
  if (pieces <= 1) {
    const says = 'The whole answer comes in one piece, although a stream was requested.';
    return { check, verdict: 'differs', says, advice: 'Clients see no text until the answer is complete.' };
  }
  if (streamedText !== text || answer.replaced > 0) {
    const says = 'The final text differs from the pieces: clients see the text change.';
    return { check, verdict: 'differs', says, frames: receivedTexts(answer.frames).slice(-shownFrames) };
  }
  if (firstMs > expected.firstTokenTimeoutMs) {
    const says = `The first piece takes ${shownMs(firstMs)}; Parley waits ${shownMs(expected.firstTokenTimeoutMs)} for it.`;
    return { check, verdict: 'differs', says, advice: 'Raise LLM_FIRST_TOKEN_TIMEOUT.' };
  }
  if (answer.longestGapMs > expected.idleTimeoutMs) {
    const says = `Up to ${shownMs(answer.longestGapMs)} pass between two pieces; Parley waits ${shownMs(expected.idleTimeoutMs)}.`;
    return { check, verdict: 'differs', says, advice: 'Raise LLM_IDLE_TIMEOUT.' };
  }
  return {
    check,
    verdict: 'works',
    says: `${counted(pieces, 'piece')}, the first one after ${shownMs(firstMs)}${tokensAndModel(answer, expected)}.`,
  };
}

/**
 * Judges an answer without streaming, to a question with quotation marks and a line break.
 * @param withoutThem the answer to a question without them; undefined if it was not asked
 */
export function judgePlain(answer: Answer, expected: Expectations, withoutThem?: Answer): Finding {
  const check = 'plain answer';
  const failure = failureOf(check, answer, expected) ?? differenceOf(check, answer, expected);
  const { reuse } = expected.rules;
  if (failure?.verdict === 'fails' && withoutThem !== undefined && isWhole(withoutThem)) {
    return {
      ...failure,
      says: `A question with quotation marks and a line break fails, one without them is answered. ${failure.says}`,
      advice:
        'They must be escaped in the request: in a description, write the request as an object, or {{json message}} inside ' +
        'a text. If they are, the server does not read JSON correctly.',
    };
  }
  return (
    failure ?? {
      check,
      verdict: 'works',
      says:
        `${counted(answer.text.length, 'character')} after ${shownMs(answer.endMs ?? 0)}` +
        `${reuse === 'answer' ? '' : ', on the same connection'}${tokensAndModel(answer, expected)}.`,
    }
  );
}

/** The finding for an answer that failed: an error, no end, or no text. Undefined for a usable answer. */
export function failureOf(check: CheckName, answer: Answer, expected: Expectations): Finding | undefined {
  const fails = (says: string, advice?: string): Finding => {
    const frames = receivedTexts(answer.frames).slice(-shownFrames);
    return {
      check,
      verdict: 'fails',
      says,
      ...(advice ? { advice } : {}),
      ...(frames.length > 0 ? { frames } : {}),
    };
  };
  const { error, end, text, failure, closed } = answer;
  if (error !== undefined)
    return fails(
      `The server responds with the error ${error.code} (${error.message}).`,
      errorAdvice(error.code),
    );
  if (end !== undefined) {
    if (text !== '' || expected.emptyAnswer === 'accept' || explainsNoText(end.finishReason))
      return undefined;
    return fails(
      'The answer has an end, but no text: Parley treats that as a failure (empty_answer).',
      'Check the path of the text. If empty answers are intended: LLM_EMPTY_ANSWER=accept.',
    );
  }
  switch (failure) {
    case 'closed':
      return fails(
        `The connection ended (code ${closed?.code ?? 1006}${closed?.reason ? `: ${closed.reason}` : ''}) before the answer did.`,
        closedAdvice(answer, expected),
      );
    case 'not_understood':
      return fails(`The server responds with frames that the protocol cannot decode${because(answer)}.`);
    case 'stopped':
      return fails('The answer stops halfway: after some pieces neither another one nor an end arrives.');
    case 'too_long':
      return fails('The answer does not end in time.', 'Raise LLM_TIMEOUT if such answers take that long.');
    default:
      return fails(
        receivedTexts(answer.frames).length > 0
          ? `The server sends frames, but none that the protocol decodes as an answer${because(answer)}.`
          : 'The server does not respond.',
      );
  }
}

function because({ frameProblem }: Answer): string {
  return frameProblem === undefined ? '' : `: ${frameProblem}`;
}

function closedAdvice({ closed, pieces }: Answer, { hasKey }: Expectations): string | undefined {
  const code = closed?.code ?? 1006;
  if (pieces > 0) {
    return `If its answers end this way: close: { ends: [${code}] } in a description.`;
  }
  if (code !== policyViolation) return undefined;
  return hasKey
    ? 'This code often means a rejected key: is LLM_API_KEY for this server, and still valid?'
    : 'This code often means a missing key: if the server requires one, set LLM_API_KEY.';
}

function errorAdvice(code: string): string | undefined {
  switch (code) {
    case 'unauthorized':
    case 'invalid_api_key':
      return 'Is LLM_API_KEY set, and is it for this server?';
    case 'model_not_found':
      return 'Set LLM_MODEL_NAME to a model that the server has.';
    case 'rate_limited':
    case 'overloaded':
      return 'The server is overloaded: check it again later.';
    default:
      return undefined;
  }
}

function differenceOf(check: CheckName, answer: Answer, expected: Expectations): Finding | undefined {
  const { rules } = expected;
  const { undecodable, late, closed, text } = answer;
  if (undecodable.length > 0) {
    return {
      check,
      verdict: 'fails',
      says: `${counted(undecodable.length, 'frame')} of the answer cannot be decoded${because(answer)}; Parley closes a connection at the first one.`,
      frames: undecodable.slice(0, shownFrames),
    };
  }
  const afterEnd = judgeLate(check, late, 'the end of the answer', expected);
  if (afterEnd !== undefined && afterEnd.verdict !== 'note') return afterEnd;
  if (text === '') return emptyAnswer(check, answer);
  if (closed !== undefined && rules.reuse !== 'answer' && answer.end !== undefined) {
    return {
      check,
      verdict: 'differs',
      says: `The server closes the connection after the answer (code ${closed.code}), although its protocol reuses connections.`,
      advice: 'Each answer needs a new connection. In a description: connection: { reuse: answer }.',
    };
  }
  return undefined;
}

/** The finding for an answer without text that Parley accepts. */
function emptyAnswer(check: CheckName, { end }: Answer): Finding {
  const reason = end?.finishReason ?? '';
  if (!explainsNoText(reason)) {
    return { check, verdict: 'note', says: 'The answer has no text, which LLM_EMPTY_ANSWER=accept allows.' };
  }
  return {
    check,
    verdict: 'differs',
    says: `The answer has no text; its finish reason explains that: ${reason}.`,
    advice:
      'If the reason is the token limit: raise LLM_MAX_TOKENS. The check itself requests at most 300 tokens.',
  };
}

/** Token count and model name, if they are worth mentioning. */
function tokensAndModel({ end }: Answer, { model }: Expectations): string {
  const usage = end?.usage;
  const tokens = usage?.outputTokens ?? usage?.totalTokens ?? 0;
  const tokenCount =
    tokens === 0 ? '; the server counts no tokens' : `; the server counts ${counted(tokens, 'token')}`;
  const otherModel =
    end?.model !== undefined && end.model !== model ? `; the server names the model ${end.model}` : '';
  return tokenCount + otherModel;
}
