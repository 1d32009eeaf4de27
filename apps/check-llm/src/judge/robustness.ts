import { isWhole } from '../connection/answer.js';
import { type CancelFacts, type IdleFacts, type InvalidFacts } from '../probe/facts.js';
import { failureOf } from './answers.js';
import { type Expectations } from './expectations.js';
import { counted, shownMs, type Finding } from './finding.js';
import { judgeLate } from './late-frames.js';

/** Judges the reaction to a frame that is not JSON. */
export function judgeInvalid(facts: InvalidFacts): Finding {
  const check = 'invalid frame';
  const { errorCode, frames, closed, isAnswered, isAliveAfter } = facts;
  if (!isAliveAfter) {
    return {
      check,
      verdict: 'fails',
      says: 'After an invalid frame the server no longer answers any client.',
      advice: 'Any client can stop it: does the server catch JSON parse errors?',
    };
  }
  if (errorCode !== undefined) {
    return { check, verdict: 'works', says: `The server responds with the error ${errorCode}.` };
  }
  if (isAnswered) {
    return { check, verdict: 'note', says: 'The server answers any text as a question.' };
  }
  if (frames.length > 0) {
    return {
      check,
      verdict: 'differs',
      says: 'The server responds with frames that the protocol does not decode as an error.',
      advice: 'If these are its errors, Parley only detects that no answer arrives.',
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
  return {
    check,
    verdict: 'note',
    says: 'The server does not respond: Parley would detect this only by a timeout.',
  };
}

/** Judges the cancellation of an answer. */
export function judgeCancel(facts: CancelFacts, expected: Expectations): Finding {
  const check = 'cancel';
  const { how, isTooLate, endedMs, framesAfter, late, isAliveAfter } = facts;
  if (isTooLate) return { check, verdict: 'note', says: 'The answer ended before it could be canceled.' };
  if (!isAliveAfter) {
    return {
      check,
      verdict: 'fails',
      says: 'After a canceled answer the server no longer answers any client.',
    };
  }
  if (how === 'close') {
    return {
      check,
      verdict: 'works',
      says: 'Parley cancels by closing the connection, and the server answers on a new one.',
    };
  }
  if (endedMs === undefined && expected.rules.cancelEnds) {
    const says = 'The cancel frame is the end of the answer, as the description says.';
    return { check, verdict: 'works', says };
  }
  if (endedMs === undefined) {
    return {
      check,
      verdict: 'differs',
      says: `The server does not end the answer after the cancel frame (${counted(framesAfter, 'frame')} followed it).`,
      advice:
        'Parley closes the connection after 5 s; with a description without cancel, at once. If the server stops without a ' +
        'frame, write cancel: { send: …, ends: true }.',
    };
  }
  const afterEnd = judgeLate(check, late, 'the end of the canceled answer', expected);
  if (afterEnd !== undefined && afterEnd.verdict !== 'note') return afterEnd;
  const after = framesAfter <= 1 ? '' : `, with ${counted(framesAfter, 'frame')} in between`;
  return {
    check,
    verdict: 'works',
    says: `The server ends the answer ${shownMs(endedMs)} after the cancel frame${after}.`,
  };
}

/** Judges pings. @param ms time to the pong in milliseconds; undefined if there was none */
export function judgePing(ms: number | undefined, { rules, protocol }: Expectations): Finding {
  const check = 'ping';
  if (ms !== undefined) return { check, verdict: 'works', says: `Answered in ${shownMs(ms)}.` };
  if (!rules.answersPings) {
    return { check, verdict: 'works', says: `Pings are not answered, as expected for ${protocol}.` };
  }
  return {
    check,
    verdict: 'fails',
    says: 'The server does not answer pings: idle connections would be closed after LLM_PING_TIMEOUT, and replaced before requests.',
    advice: 'In a description: connection: { ping: false }.',
  };
}

/** Judges a connection after idle time. */
export function judgeIdle({ waitedMs, closed, answer }: IdleFacts, expected: Expectations): Finding {
  const check = 'idle';
  if (closed !== undefined) {
    const seconds = Math.max(1, Math.floor(waitedMs / 1000));
    return {
      check,
      verdict: 'differs',
      says: `The server closes an idle connection after ${shownMs(waitedMs)} (code ${closed.code}).`,
      advice:
        `Parley reconnects for the next request. In a description, connection: { keepalive: … } may prevent it, or ` +
        `max_age: ${seconds} avoids it.`,
    };
  }
  const failure = answer && failureOf(check, answer, expected);
  if (answer === undefined || failure !== undefined || !isWhole(answer)) {
    return {
      ...failure,
      check,
      verdict: 'differs',
      says: `After ${shownMs(waitedMs)} of idle time the connection is open, but a request on it gets no answer.`,
    };
  }
  return {
    check,
    verdict: 'works',
    says: `After ${shownMs(waitedMs)} of idle time the connection still works.`,
  };
}
