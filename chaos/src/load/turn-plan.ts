import { type AnswerForm, type OnBusy } from '../history/history.js';
import { type Random } from '../random.js';

/** One message, and how its client sends it. */
export interface SendPlan {
  form: AnswerForm;
  /** The answer has some hundred tokens; otherwise some tens. */
  isLong: boolean;
  /** Whether it has an Idempotency-Key, and a client-supplied id. Without both it is never repeated. */
  hasKey: boolean;
  hasOwnId: boolean;
  onBusy: OnBusy;
  /** Its parent is an older answer than the last one. */
  isEdit: boolean;
  /** How many equal requests are sent at once. */
  copies: number;
  /** After how many events each reading, in turn, closes its connection. */
  drops: number[];
  /** From the acknowledgement to its cancellation; undefined: it is not cancelled. */
  cancelAfterMs: number | undefined;
  /** For `async`: follows the run; otherwise polls it. */
  follows: boolean;
}

/** What a client does next. */
export interface TurnPlan {
  /** One message, or two that are sent at the same time to the same conversation. */
  sends: SendPlan[];
  /** Also cancels the run of the previous turn, which has ended. */
  cancelsLate: boolean;
  /** A second reader follows the first send's run from the beginning. */
  isWatched: boolean;
  opensConversation: boolean;
  pauseMs: number;
}

/** What clients may do. */
export interface LoadOptions {
  /**
   * False: clients neither close connections nor cancel, and answers that they wait for end well within the drain time of a
   * replica. For a rolling restart.
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
  // The second of two messages may have to wait for a long answer to the first.
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
