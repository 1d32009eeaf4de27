import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { titleOf } from '../conversations/title.js';
import { Ids } from '../ids/ids.js';
import { type ExportedConversation, type ExportedMessage } from './exported-conversation.js';
import { messagePlaces } from './message-places.js';

const importConversation: Statement = {
  name: 'import_conversation',
  text: `
    WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset($5) AS g (
        id uuid, parent_id uuid, seq integer, branch integer, parent_branch integer, fork_seq integer, role text,
        content text, status text, model text, finish_reason text, tokens_used integer, usage jsonb, source text,
        metadata jsonb, created_at timestamptz, completed_at timestamptz, rating text, comment text)
    ), opened AS (
      INSERT INTO conversations (id, owner, title, metadata, next_seq, leaf_id, leaf_branch)
      SELECT $1, $2, $3, $4, coalesce(max(seq), 0) + 1, (SELECT id FROM given ORDER BY seq DESC LIMIT 1),
        coalesce((SELECT branch FROM given ORDER BY seq DESC LIMIT 1), 1)
      FROM given
    ), said AS (
      INSERT INTO messages (id, conversation_id, parent_id, seq, branch, role, content, status, model, finish_reason,
        tokens_used, usage, source, metadata, created_at, completed_at)
      SELECT id, $1, parent_id, seq, branch, role, content, status, model, finish_reason, tokens_used, usage, source,
        metadata, coalesce(created_at, now()), coalesce(completed_at, created_at, now())
      FROM given
    ), forked AS (
      INSERT INTO branches (conversation_id, branch, parent_branch, fork_seq)
      SELECT $1, branch, parent_branch, fork_seq FROM given WHERE fork_seq IS NOT NULL
    )
    INSERT INTO feedback (message_id, rating, comment) SELECT id, rating, comment FROM given WHERE rating IS NOT NULL`,
};

/** Takes conversations from elsewhere. */
@Injectable()
export class Imports {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** @returns the id of the new conversation. @throws Problem 400 for messages that do not make a tree */
  async import(owner: string, document: ExportedConversation): Promise<string> {
    const { messages, metadata = {} } = document;
    const places = messagePlaces(messages);
    const ids = messages.map(() => this.ids.next());
    const rows = messages.map((message, at) => {
      const { seq, parent, branch } = places[at]!;
      const isFork = parent !== undefined && branch === seq;
      return {
        ...rowOf(message),
        id: ids[at],
        parent_id: parent === undefined ? null : ids[parent],
        seq,
        branch,
        parent_branch: isFork ? places[parent]!.branch : null,
        fork_seq: isFork ? places[parent]!.seq : null,
      };
    });
    const id = this.ids.next();
    const title = document.title ?? titleIn(messages);
    await this.database.query(importConversation, [
      id,
      owner,
      title,
      JSON.stringify(metadata),
      JSON.stringify(rows),
    ]);
    return id;
  }
}

/** What was being generated when it was exported is not here. */
function rowOf({ status = 'completed', feedback, metadata = {}, ...message }: ExportedMessage) {
  return {
    ...message,
    metadata,
    status: status === 'queued' || status === 'in_progress' ? 'incomplete' : status,
    rating: feedback?.rating ?? null,
    comment: feedback?.comment ?? null,
  };
}

function titleIn(messages: readonly ExportedMessage[]): string | null {
  const first = messages.find(({ role, content }) => role === 'user' && content.trim() !== '');
  return first === undefined ? null : titleOf(first.content);
}
