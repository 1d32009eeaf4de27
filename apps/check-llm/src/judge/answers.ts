import { explainsNoText } from '#llm';
import { type Answer } from '../talk/answer.js';
import { type Claims } from './claims.js';
import { counted, shownMs, type CheckName, type Finding } from './finding.js';
import { judgeLate } from './late.js';

/** The last frames of a long answer say the most. */
const shownFrames = 6;

/** The close code of servers that do not let somebody in. */
const policyViolation = 1008;

export function judgeStreamed(answer: Answer, claims: Claims): Finding {
  const check = 'streamed answer';
  const failure = failureOf(check, answer, claims) ?? differenceOf(check, answer, claims);
  if (failure !== undefined) return failure;
  const { pieces, firstMs = 0, streamedText, text } = answer;
  if (pieces <= 1) {
    const says = 'The whole answer comes in one piece, although a stream was asked for.';
    return { check, verdict: 'differs', says, advice: 'Its readers wait for the end.' };
  }
  if (streamedText !== text || answer.replaced > 0) {
    const says = 'The text at the end is another one than that of the pieces: readers see it change.';
    return { check, verdict: 'differs', says, frames: heard(answer).slice(-shownFrames) };
  }
  if (firstMs > claims.firstTokenTimeoutMs) {
    const says = `The first piece takes ${shownMs(firstMs)}; Parley waits ${shownMs(claims.firstTokenTimeoutMs)} for it.`;
    return { check, verdict: 'differs', says, advice: 'Raise LLM_FIRST_TOKEN_TIMEOUT.' };
  }
  return {
    check,
    verdict: 'works',
    says: `${counted(pieces, 'piece')}, the first one after ${shownMs(firstMs)}${described(answer, claims)}.`,
  };
}

export function judgePlain(answer: Answer, claims: Claims): Finding {
  const check = 'plain answer';
  const found = failureOf(check, answer, claims) ?? differenceOf(check, answer, claims);
  const { reuse } = claims.rules;
  return (
    found ?? {
      check,
      verdict: 'works',
      says:
        `${counted(answer.text.length, 'character')} after ${shownMs(answer.endMs ?? 0)}` +
        `${reuse === 'answer' ? '' : ', on the same connection'}${described(answer, claims)}.`,
    }
  );
}

/** What makes an answer useless. */
export function failureOf(check: CheckName, answer: Answer, claims: Claims): Finding | undefined {
  const fails = (says: string, advice?: string): Finding => {
    const frames = heard(answer).slice(-shownFrames);
    return {
      check,
      verdict: 'fails',
      says,
      ...(advice ? { advice } : {}),
      ...(frames.length > 0 ? { frames } : {}),
    };
  };
  const { error, end, text, trouble, closed } = answer;
  if (error !== undefined)
    return fails(`The server refuses: ${error.code} (${error.message}).`, errorAdvice(error.code));
  if (end !== undefined) {
    if (text !== '' || claims.emptyAnswer === 'accept' || explainsNoText(end.finishReason)) return undefined;
    return fails(
      'The answer has an end, but no text: Parley treats that as a failure (empty_answer).',
      'Check the path of the text. If empty answers are intended: LLM_EMPTY_ANSWER=accept.',
    );
  }
  switch (trouble) {
    case 'closed':
      return fails(
        `The connection ended (code ${closed?.code ?? 1006}${closed?.reason ? `: ${closed.reason}` : ''}) before the answer did.`,
        closedAdvice(answer, claims),
      );
    case 'not_understood':
      return fails('The server answers, but in frames that the protocol cannot be speaking.');
    case 'stopped':
      return fails('The answer stops in the middle: pieces came, and then neither another one nor an end.');
    case 'too_long':
      return fails('The answer does not end in time.', 'Raise LLM_TIMEOUT, if such answers take that long.');
    default:
      return fails(
        heard(answer).length > 0
          ? 'The server says something, but nothing that the protocol takes for an answer.'
          : 'The server says nothing.',
      );
  }
}

function closedAdvice({ closed, pieces }: Answer, { hasKey }: Claims): string | undefined {
  const code = closed?.code ?? 1006;
  if (pieces > 0) {
    return `If that is how its answers end, a description says so: close: { ends: [${code}] }.`;
  }
  if (code !== policyViolation) return undefined;
  return hasKey
    ? 'So servers refuse a key: is LLM_API_KEY for this server, and still valid?'
    : 'So servers ask for a key: if it wants one, set LLM_API_KEY.';
}

function errorAdvice(code: string): string | undefined {
  switch (code) {
    case 'unauthorized':
    case 'invalid_api_key':
      return 'Is LLM_API_KEY set, and for this server?';
    case 'model_not_found':
      return 'Set LLM_MODEL_NAME to a model that the server has.';
    case 'rate_limited':
    case 'overloaded':
      return 'The server has too much to do: check it again later.';
    default:
      return undefined;
  }
}

function differenceOf(check: CheckName, answer: Answer, claims: Claims): Finding | undefined {
  const { rules } = claims;
  const { senseless, late, closed, text } = answer;
  if (senseless.length > 0) {
    return {
      check,
      verdict: 'fails',
      says: `${counted(senseless.length, 'frame')} of the answer cannot be understood; Parley leaves a connection at the first one.`,
      frames: senseless.slice(0, shownFrames),
    };
  }
  const afterEnd = judgeLate(check, late, 'the end of the answer', claims);
  if (afterEnd !== undefined && afterEnd.verdict !== 'note') return afterEnd;
  if (text === '') return emptyAnswer(check, answer);
  if (closed !== undefined && rules.reuse !== 'answer' && answer.end !== undefined) {
    return {
      check,
      verdict: 'differs',
      says: `The server closes the connection after the answer (code ${closed.code}), although connections should be used again.`,
      advice: 'Each answer costs a new connection. In a description: connection: { reuse: answer }.',
    };
  }
  return undefined;
}

/** An answer without text that Parley takes for an answer. */
function emptyAnswer(check: CheckName, { end }: Answer): Finding {
  const reason = end?.finishReason ?? '';
  if (!explainsNoText(reason)) {
    return { check, verdict: 'note', says: 'The answer has no text, which LLM_EMPTY_ANSWER=accept allows.' };
  }
  return {
    check,
    verdict: 'differs',
    says: `The answer has no text; its finish reason says why: ${reason}.`,
    advice: 'If it is the token limit: raise LLM_MAX_TOKENS. The check itself requests at most 300.',
  };
}

function described({ end }: Answer, { model }: Claims): string {
  const usage = end?.usage;
  const tokens = usage?.outputTokens ?? usage?.totalTokens ?? 0;
  const counts =
    tokens === 0 ? '; the server counts no tokens' : `; ${counted(tokens, 'token')} by its count`;
  const other =
    end?.model !== undefined && end.model !== model ? `; its model calls itself ${end.model}` : '';
  return counts + other;
}

function heard({ frames }: Answer): string[] {
  return frames.flatMap(({ way, text }) => (way === 'heard' ? [text] : []));
}
