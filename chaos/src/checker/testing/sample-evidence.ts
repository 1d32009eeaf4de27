import { type History, type Send, type StreamEvent } from '../../history/history.js';
import { type AuditRow, type Evidence } from '../evidence.js';

/** The time of the first write, in milliseconds since 1970. */
export const beginning = 1_700_000_000_000;

const names = { runId: 'run-1', replyId: 'reply-1' };

/** The events of run-1 for a reader: the first attempt breaks off when its replica crashes, and the second one completes. */
export function sampleEvents(): StreamEvent[] {
  return [
    { id: '0.0', type: 'run.started', ...names },
    { id: '0.1', type: 'message.created', ...names, userId: 'user-1', conversationId: 'chat-1' },
    { id: '1.3', type: 'message.delta', ...names, offset: 0, delta: 'Hel' },
    { id: '1001.0', type: 'run.retrying', ...names, attempt: 1001, keepChars: 0 },
    { id: '1001.4', type: 'message.delta', ...names, offset: 0, delta: 'Good' },
    { id: '1001.8', type: 'message.delta', ...names, offset: 4, delta: ' day' },
    { id: '1001.8.message', type: 'message.completed', ...names, content: 'Good day', status: 'completed' },
    { id: '1001.8.end', type: 'run.finished', ...names, status: 'completed' },
  ];
}

/**
 * Valid evidence: replica 1 starts run-1 and is killed, replica 2 takes the run over, and its reader resumes. The second message
 * was sent several times with one key, and its run is cancelled.
 */
export function sampleEvidence(): Evidence {
  return {
    histories: [sampleHistory()],
    database: {
      conversations: [{ id: 'chat-1', nextSeq: 5, leafId: 'reply-2', activeRunId: null, queuedRunIds: [] }],
      messages: [
        { ...message('user-1', 1, null, 'user', 'Hello (c1.1a)'), runId: null },
        { ...message('reply-1', 2, 'user-1', 'assistant', 'Good day'), runId: 'run-1' },
        { ...message('user-2', 3, 'reply-1', 'user', 'And now? (c1.2a)'), runId: null },
        { ...message('reply-2', 4, 'user-2', 'assistant', 'Now'), runId: 'run-2', status: 'cancelled' },
      ],
      runs: [
        {
          id: 'run-1',
          conversationId: 'chat-1',
          messageId: 'reply-1',
          status: 'completed',
          error: null,
          fence: 2,
        },
        {
          id: 'run-2',
          conversationId: 'chat-1',
          messageId: 'reply-2',
          status: 'cancelled',
          error: 'cancelled',
          fence: 1,
        },
      ],
      pieces: [],
      audit: sampleAudit(),
    },
    endings: [
      { replica: 'replica 1', requested: 'killed', code: null, signal: 'SIGKILL' },
      { replica: 'replica 2', requested: 'terminated', code: 0, signal: null },
    ],
    isRolling: false,
  };
}

function sampleHistory(): History {
  const events = sampleEvents();
  return {
    client: 'c1',
    conversations: ['chat-1'],
    sends: [
      {
        ...send('c1.1a', 'Hello (c1.1a)', 'events'),
        tries: [{ replica: 'replica 1', at: beginning, outcome: 'answered', status: 200 }],
        acknowledgements: [{ ...names, userId: 'user-1', conversationId: 'chat-1' }],
      },
      {
        ...send('c1.2a', 'And now? (c1.2a)', 'json'),
        key: 'key-2',
        tries: [
          { replica: 'replica 1', at: beginning, outcome: 'refused' },
          { replica: 'replica 2', at: beginning, outcome: 'broken' },
          { replica: 'replica 3', at: beginning, outcome: 'answered', status: 409, code: 'run_cancelled' },
        ],
        acknowledgements: [{ runId: 'run-2', replyId: 'reply-2', content: 'Now', status: 'cancelled' }],
      },
    ],
    readers: [
      {
        client: 'c1',
        runId: 'run-1',
        readings: [
          { replica: 'replica 1', after: undefined, status: 200, events: events.slice(0, 3), end: 'broken' },
          { replica: 'replica 2', after: '1.3', status: 200, events: events.slice(3, 5), end: 'dropped' },
          { replica: 'replica 3', after: '1001.4', status: 200, events: events.slice(5), end: 'ended' },
        ],
      },
    ],
    cancels: [{ client: 'c1', runId: 'run-2', at: beginning + 30_000, status: 202 }],
    polls: [{ client: 'c1', runId: 'run-1', status: 'completed' }],
  };
}

function sampleAudit(): AuditRow[] {
  const first = { writer: 'replica 1, launch 1', runId: 'run-1' };
  const second = { writer: 'replica 2, launch 1', runId: 'run-1' };
  const third = { writer: 'replica 3, launch 1', runId: 'run-2' };
  return [
    row(1, { ...first, operation: 'INSERT' }),
    row(2, { ...first, table: 'messages', operation: 'INSERT' }),
    row(3, { ...first, table: 'run_pieces', operation: 'INSERT' }),
    row(4, {
      ...second,
      changed: ['fence', 'lease_until'],
      fenceBefore: 1,
      fence: 2,
      leaseBefore: beginning + 3,
    }),
    row(5, { ...second, table: 'run_pieces', operation: 'INSERT', fence: 2 }),
    row(6, {
      ...second,
      changed: ['status'],
      fenceBefore: 2,
      fence: 2,
      runStatus: 'completed',
      transaction: 'end',
    }),
    row(7, {
      ...second,
      table: 'messages',
      changed: ['content', 'status'],
      fence: 2,
      runStatus: 'completed',
      transaction: 'end',
    }),
    row(8, { ...third, operation: 'INSERT' }),
    row(9, { ...third, writer: 'replica 1, launch 2', changed: ['cancel_requested_at'] }),
    row(10, { ...third, changed: ['status'], runStatus: 'cancelled', transaction: 'end of 2' }),
  ];
}

/** An audit row. Default: an update of run-1 by replica 1, without changed columns. */
export function row(id: number, given: Partial<AuditRow>): AuditRow {
  const isInsert = given.operation === 'INSERT';
  return {
    id,
    at: beginning + id,
    transaction: `transaction ${id}`,
    writer: 'replica 1, launch 1',
    table: 'runs',
    operation: 'UPDATE',
    runId: 'run-1',
    changed: [],
    statusBefore: isInsert ? null : 'in_progress',
    fenceBefore: isInsert ? null : 1,
    leaseBefore: null,
    runStatus: 'in_progress',
    fence: 1,
    ...given,
  };
}

function send(name: string, content: string, form: Send['form']): Omit<Send, 'tries' | 'acknowledgements'> {
  return {
    client: 'c1',
    name,
    content,
    form,
    conversationId: 'chat-1',
    key: undefined,
    ownId: undefined,
    parentId: undefined,
    onBusy: 'reject',
  };
}

function message(id: string, seq: number, parentId: string | null, role: string, content: string) {
  return { id, conversationId: 'chat-1', parentId, seq, role, content, status: 'completed' };
}
