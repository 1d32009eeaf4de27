import { type AnswerForm, type OnBusy } from '../history/history.js';
import { type Random } from '../random.js';

/** One message that is to be said, and how its client goes about it. */
export interface SendPlan {
  form: AnswerForm;
  /** Long ones are answered in some hundred tokens, short ones in some tens. */
  isLong: boolean;
  /** Sent with an Idempotency-Key, with an id of its own, with both or with neither: then it is never sent again. */
  hasKey: boolean;
  hasOwnId: boolean;
  onBusy: OnBusy;
  /** Goes after an older message than the newest. */
  isEdit: boolean;
  /** The same request so many times at once, to several replicas. */
  copies: number;
  /** After how many events each reading drops its connection, one after the other. */
  drops: number[];
  /** How long after the acknowledgement it is cancelled; undefined: not at all. */
  cancelAfterMs: number | undefined;
  /** Follows an answer that it did not ask to be streamed; otherwise looks at the run until it is over. */
  follows: boolean;
}

/** What a client does next. */
export interface TurnPlan {
  /** Two are sent at the same time into the same conversation. */
  sends: SendPlan[];
  /** Once the turn is over, somebody cancels a run that ended before it. */
  cancelsLate: boolean;
  /** A second reader follows the first send's run from the beginning. */
  isWatched: boolean;
  opensConversation: boolean;
  pauseMs: number;
}

/** What kinds of clients there are. */
export interface LoadOptions {
  /**
   * False: clients neither drop connections nor cancel, and what is waited for is over well within the time that a
   * replica drains. For a rolling restart.
   */
  isRough: boolean;
}

/** Draws what a client does next. Pure but for the random numbers. */
export function drawTurn(random: Random, { isRough }: LoadOptions): TurnPlan {
  const isDouble = random.chance(0.2);
  const sends = Array.from({ length: isDouble ? 2 : 1 }, () => drawSend(random, isRough, isDouble));
  return {
    sends,
    cancelsLate: isRough && random.chance(0.15),
    isWatched: random.chance(0.15),
    opensConversation: random.chance(0.2),
    pauseMs: random.integer(0, 800),
  };
}

function drawSend(random: Random, isRough: boolean, isDouble: boolean): SendPlan {
  // Of two messages one may wait for the other's answer, which may be a long one.
  const forms = ['events', 'events', 'async', ...(isDouble && !isRough ? [] : ['json' as const])] as const;
  const form = random.pick(forms);
  const hasKey = random.chance(0.6);
  const hasOwnId = random.chance(0.3);
  const isDropping = isRough && random.chance(0.4);
  return {
    form,
    isLong: form === 'json' && !isRough ? false : random.chance(0.5),
    hasKey,
    hasOwnId,
    onBusy: isDouble
      ? random.pick(['reject', 'queue', 'interrupt'] as const)
      : random.pick(['reject', 'queue'] as const),
    isEdit: random.chance(0.1),
    copies: (hasKey || hasOwnId) && random.chance(0.2) ? random.integer(2, 4) : 1,
    drops: isDropping ? Array.from({ length: random.integer(1, 3) }, () => random.integer(1, 40)) : [],
    cancelAfterMs: isRough && random.chance(0.12) ? random.integer(0, 1_500) : undefined,
    follows: random.chance(0.6),
  };
}
