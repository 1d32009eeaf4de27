import { type Acknowledgement, type StreamEvent } from '../history/history.js';

/** All JSON bodies that name a run: a turn, an answer of `/api/chat`, a run, a problem about a run. */
interface AnsweredTurn {
  message?: { id: string };
  reply?: { id: string; content: string; status: string; run_id: string };
  conversation_id?: string;
  message_id?: string;
  run_id?: string;
  id?: string;
  success?: boolean;
  response?: string;
}

/** The turn that a JSON body names; undefined if it names none. Pure. */
export function acknowledgementIn(body: unknown): Acknowledgement | undefined {
  const turn = (body ?? {}) as AnsweredTurn;
  if (turn.reply !== undefined) {
    const { id, content, status, run_id: runId } = turn.reply;
    return { runId, replyId: id, userId: turn.message?.id, content, status };
  }
  const runId = turn.run_id ?? turn.id;
  if (runId === undefined || turn.message_id === undefined) return undefined;
  return {
    runId,
    replyId: turn.message_id,
    conversationId: turn.conversation_id,
    ...(turn.success === true ? { content: turn.response, status: 'completed' } : {}),
  };
}

/** The turn that an event names. Pure. */
export function acknowledgementOf({ runId, replyId, userId, conversationId }: StreamEvent): Acknowledgement {
  return { runId, replyId, userId, conversationId };
}
