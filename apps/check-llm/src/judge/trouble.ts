import { isWhole } from '../talk/answer.js';
import { type CancelFacts, type IdleFacts, type InvalidFacts } from '../probe/facts.js';
import { failureOf } from './answers.js';
import { type Claims } from './claims.js';
import { counted, shownMs, type Finding } from './finding.js';
import { judgeLate } from './late.js';

export function judgeInvalid(facts: InvalidFacts): Finding {
  const check = 'invalid frame';
  const { errorCode, frames, closed, isAnswered, isAliveAfter } = facts;
  if (!isAliveAfter) {
    return {
      check,
      verdict: 'fails',
      says: 'After an invalid frame the server answers nobody any more.',
      advice: 'Whoever can reach it can stop it: does it catch what is no JSON?',
    };
  }
  if (errorCode !== undefined) {
    return { check, verdict: 'works', says: `The server says that it is wrong: ${errorCode}.` };
  }
  if (isAnswered) {
    return { check, verdict: 'note', says: 'The server takes any text for a question, and answers it.' };
  }
  if (frames.length > 0) {
    return {
      check,
      verdict: 'differs',
      says: 'The server says something that the protocol does not take for an error.',
      advice: 'If that is how its errors look, Parley will only see that no answer comes.',
      frames,
    };
  }
  if (closed !== undefined) {
    const reason = closed.reason === '' ? '' : `: ${closed.reason}`;
    return {
      check,
      verdict: 'note',
      says: `The server closes the connection (code ${closed.code}${reason}).`,
    };
  }
  return { check, verdict: 'note', says: 'The server says nothing: only a timeout would tell.' };
}

export function judgeCancel(facts: CancelFacts, claims: Claims): Finding {
  const check = 'cancel';
  const { how, isTooLate, endedMs, framesAfter, late, isAliveAfter } = facts;
  if (isTooLate) return { check, verdict: 'note', says: 'The answer was over before it could be cancelled.' };
  if (!isAliveAfter) {
    return { check, verdict: 'fails', says: 'After a cancelled answer the server answers nobody any more.' };
  }
  if (how === 'close') {
    return { check, verdict: 'works', says: 'The connection is closed for it, and a new one is answered.' };
  }
  if (endedMs === undefined) {
    return {
      check,
      verdict: 'differs',
      says: `The server does not end the answer when it is told to (${counted(framesAfter, 'frame')} came after it).`,
      advice: 'Parley closes the connection after 5 s. In a description without cancel it does so at once.',
    };
  }
  const afterEnd = judgeLate(check, late, 'the end of the cancelled answer', claims);
  if (afterEnd !== undefined && afterEnd.verdict !== 'note') return afterEnd;
  const after = framesAfter <= 1 ? '' : `, with ${counted(framesAfter, 'frame')} in between`;
  return {
    check,
    verdict: 'works',
    says: `The server ends the answer ${shownMs(endedMs)} after it is told to${after}.`,
  };
}

export function judgePing(ms: number | undefined, { rules, protocol }: Claims): Finding {
  const check = 'ping';
  if (ms !== undefined) return { check, verdict: 'works', says: `Answered in ${shownMs(ms)}.` };
  if (!rules.answersPings) {
    return { check, verdict: 'works', says: `Pings are not answered, as ${protocol} says.` };
  }
  return {
    check,
    verdict: 'fails',
    says: 'The server answers no pings: a quiet connection would be taken for dead after 35 s.',
    advice: 'In a description: connection: { ping: false }.',
  };
}

export function judgeIdle({ waitedMs, closed, answer }: IdleFacts, claims: Claims): Finding {
  const check = 'idle';
  if (closed !== undefined) {
    const seconds = Math.max(1, Math.floor(waitedMs / 1000));
    return {
      check,
      verdict: 'differs',
      says: `The server closes a quiet connection after ${shownMs(waitedMs)} (code ${closed.code}).`,
      advice:
        `Parley connects again when it is asked. In a description connection: { keepalive: … } may prevent it, or ` +
        `max_age: ${seconds} avoids it.`,
    };
  }
  const failure = answer && failureOf(check, answer, claims);
  if (answer === undefined || failure !== undefined || !isWhole(answer)) {
    return {
      ...failure,
      check,
      verdict: 'differs',
      says: `After ${shownMs(waitedMs)} of quiet the connection is open, but a question on it gets no answer.`,
    };
  }
  return {
    check,
    verdict: 'works',
    says: `After ${shownMs(waitedMs)} of quiet the connection still answers.`,
  };
}
