import { type Send } from '../history/history.js';
import { check, rules } from './check.js';
import { type Evidence } from './evidence.js';
import { beginning, row, sampleEvidence } from './testing/sample-evidence.js';

/** A change that makes valid evidence invalid, and the finding that it must cause. */
type Violation = [
  rule: string,
  how: string,
  change: (evidence: Evidence) => void,
  about: string,
  what: RegExp,
];

const message = (evidence: Evidence, id: string) => evidence.database.messages.find((one) => one.id === id)!;
const send = (evidence: Evidence, name: string): Send =>
  evidence.histories[0]!.sends.find((one) => one.name === name)!;
const reading = (evidence: Evidence, index: number) => evidence.histories[0]!.readers[0]!.readings[index]!;
const write = (evidence: Evidence, given: Parameters<typeof row>[1]): void =>
  void evidence.database.audit.push(row(20, given));

const violations: Violation[] = [
  [
    'acknowledged messages lost',
    'the user’s message is missing',
    ({ database }) => (database.messages = database.messages.filter(({ id }) => id !== 'user-1')),
    'send c1.1a',
    /the user's message user-1 is missing/,
  ],
  [
    'acknowledged messages lost',
    'the answer is missing',
    ({ database }) => (database.messages = database.messages.filter(({ id }) => id !== 'reply-2')),
    'send c1.2a',
    /its answer reply-2 is missing/,
  ],
  [
    'acknowledged messages lost',
    'the run is missing',
    ({ database }) => (database.runs = database.runs.filter(({ id }) => id !== 'run-1')),
    'send c1.1a',
    /its run run-1 is missing/,
  ],
  [
    'acknowledged messages lost',
    'another text is stored',
    (evidence) => (message(evidence, 'user-1').content = 'Hullo'),
    'send c1.1a',
    /user-1 says "Hullo"/,
  ],
  [
    'acknowledged messages lost',
    'the client-supplied id is not used',
    (evidence) => (send(evidence, 'c1.1a').ownId = 'mine'),
    'send c1.1a',
    /has the id user-1, not mine/,
  ],
  [
    'acknowledged messages lost',
    'a conversation is missing',
    ({ histories }) => histories[0]!.conversations.push('chat-2'),
    'conversation chat-2',
    /is missing/,
  ],
  [
    'messages stored twice',
    'two messages of one key',
    ({ database }) =>
      void database.messages.push({ ...database.messages[2]!, id: 'user-3', seq: 5, parentId: 'reply-2' }),
    'send c1.2a',
    /it is stored as user-2, user-3/,
  ],
  [
    'messages stored twice',
    'two answers to one message',
    ({ database }) => void database.messages.push({ ...database.messages[3]!, id: 'reply-3', seq: 5 }),
    'send c1.2a',
    /it has the answers reply-2, reply-3/,
  ],
  [
    'messages stored twice',
    'two runs for one answer',
    ({ database }) => void database.runs.push({ ...database.runs[1]!, id: 'run-3' }),
    'send c1.2a',
    /its answer has the runs run-2, run-3/,
  ],
  [
    'messages stored twice',
    'two runs for equal requests',
    (evidence) => void send(evidence, 'c1.2a').acknowledgements.push({ runId: 'run-1', replyId: 'reply-1' }),
    'send c1.2a',
    /answered with the runs run-2, run-1/,
  ],
  [
    'gaps or repeats in a stream',
    'a delta is missing',
    (evidence) => void reading(evidence, 1).events.pop(),
    'run run-1, followed by c1',
    /a gap: a delta at 4 after 0 characters/,
  ],
  [
    'gaps or repeats in a stream',
    'a delta comes twice',
    (evidence) => void reading(evidence, 2).events.unshift(reading(evidence, 1).events[1]!),
    'run run-1, followed by c1',
    /a repeat: a delta at 0 after 4 characters/,
  ],
  [
    'gaps or repeats in a stream',
    'a run that cannot be followed',
    (evidence) => void (reading(evidence, 2).status = 404),
    'run run-1, followed by c1',
    /following it after 1001\.4 was answered 404/,
  ],
  [
    'answers that differ from the stored ones',
    'a reader got another text',
    (evidence) => (message(evidence, 'reply-1').content = 'Good day.'),
    'run run-1, followed by c1',
    /not the stored text: 8 and 9 characters, the same up to 8/,
  ],
  [
    'answers that differ from the stored ones',
    'the joined deltas differ from the final event',
    (evidence) => {
      reading(evidence, 2).events.find(({ type }) => type === 'message.completed')!.content = 'Good';
      message(evidence, 'reply-1').content = 'Good';
    },
    'run run-1, followed by c1',
    /its deltas are not the content of its final event: 8 and 4 characters/,
  ],
  [
    'answers that differ from the stored ones',
    'a waiting client got another text',
    (evidence) => (send(evidence, 'c1.2a').acknowledgements[0]!.content = 'now'),
    'run run-2, awaited by send c1.2a',
    /not the stored text/,
  ],
  [
    'answers that differ from the stored ones',
    'a poll gets another status',
    ({ histories }) => (histories[0]!.polls[0]!.status = 'incomplete'),
    'run run-1, polled by c1',
    /was reported as incomplete, but is stored as completed/,
  ],
  [
    'answers that differ from the stored ones',
    'two readers got two texts of one attempt',
    ({ histories }) => {
      const [reader] = histories[0]!.readers;
      const [first, ...others] = structuredClone(reader!.readings);
      first!.events[2]!.delta = 'Hal';
      histories[0]!.readers.push({ client: 'c2', runId: 'run-1', readings: [first!, ...others] });
    },
    'run run-1, followed by c2',
    /other readers got another text of attempt 1/,
  ],
  [
    'writes without the lease',
    'the replica that lost the run writes a piece',
    (evidence) => write(evidence, { table: 'run_pieces', operation: 'INSERT', fence: 2, statusBefore: null }),
    'run run-1',
    /its text was written by a replica other than replica 2, launch 1/,
  ],
  [
    'writes without the lease',
    'a finished run is written once more',
    (evidence) =>
      write(evidence, { changed: ['status'], statusBefore: 'completed', fenceBefore: 2, fence: 2 }),
    'run run-1',
    /the run was written after its end/,
  ],
  [
    'writes without the lease',
    'a finished answer is written once more',
    (evidence) =>
      write(evidence, { table: 'messages', changed: ['content'], statusBefore: 'completed', fence: 2 }),
    'run run-1',
    /its answer was written after its end/,
  ],
  [
    'writes without the lease',
    'a fencing token decreases',
    (evidence) => write(evidence, { runId: 'run-4', changed: ['fence'], fenceBefore: 3, fence: 2 }),
    'run run-4',
    /its fencing token decreased/,
  ],
  [
    'writes without the lease',
    'a run is taken over before its lease expires',
    ({ database }) => (database.audit.find(({ id }) => id === 4)!.leaseBefore = beginning + 5_004),
    'run run-1',
    /its lease had 5000 ms left/,
  ],
  [
    'writes without the lease',
    'another replica renews a lease',
    (evidence) => write(evidence, { runId: 'run-2', changed: ['lease_until'] }),
    'run run-2',
    /the run was written by a replica other than replica 3, launch 1/,
  ],
  [
    'runs unfinished after 30 s',
    'a run does not end',
    ({ database }) => (database.runs[1]!.status = 'in_progress'),
    'run run-2',
    /is in_progress/,
  ],
  [
    'runs unfinished after 30 s',
    'a reader does not get the end',
    (evidence) => void reading(evidence, 2).events.pop(),
    'run run-1',
    /c1 did not get its end in 3 readings/,
  ],
  [
    'gaps in a conversation',
    'a seq is missing',
    (evidence) => (message(evidence, 'reply-2').seq = 5),
    'conversation chat-1',
    /position 4 has seq 5/,
  ],
  [
    'gaps in a conversation',
    'a seq comes twice',
    (evidence) => (message(evidence, 'user-2').seq = 2),
    'conversation chat-1',
    /position 3 has seq 2/,
  ],
  [
    'gaps in a conversation',
    'the next seq is used',
    ({ database }) => (database.conversations[0]!.nextSeq = 4),
    'conversation chat-1',
    /4 messages, but the next seq is 4/,
  ],
  [
    'gaps in a conversation',
    'a parent is not the last message',
    (evidence) => (message(evidence, 'user-2').parentId = null),
    'conversation chat-1',
    /message user-2 \(seq 3\) follows null, not the last message before it/,
  ],
  [
    'gaps in a conversation',
    'an edit has another parent than requested',
    (evidence) => (send(evidence, 'c1.2a').parentId = 'user-1'),
    'conversation chat-1',
    /follows reply-1, not user-1 as requested/,
  ],
  [
    'gaps in a conversation',
    'a parent is in no conversation',
    (evidence) => (message(evidence, 'reply-2').parentId = 'user-9'),
    'conversation chat-1',
    /follows user-9, which is not in its conversation/,
  ],
  [
    'gaps in a conversation',
    'the leaf is not the last message',
    ({ database }) => (database.conversations[0]!.leafId = 'reply-1'),
    'conversation chat-1',
    /its leaf is reply-1/,
  ],
  [
    'conversations with a finished active run',
    'the active run has ended',
    ({ database }) => (database.conversations[0]!.activeRunId = 'run-2'),
    'conversation chat-1',
    /has the active run run-2, which is cancelled/,
  ],
  [
    'conversations with a finished active run',
    'a queued run has ended',
    ({ database }) => (database.conversations[0]!.queuedRunIds = ['run-1']),
    'conversation chat-1',
    /has the queued run run-1, which is completed/,
  ],
  [
    'conversations with a finished active run',
    'a run is in progress, but not active in its conversation',
    ({ database }) => (database.runs[1]!.status = 'queued'),
    'run run-2',
    /is neither active nor queued in its conversation/,
  ],
  [
    'conversations with a finished active run',
    'a message is in progress after its run has ended',
    (evidence) => (message(evidence, 'reply-2').status = 'in_progress'),
    'run run-2',
    /is cancelled, its message in_progress/,
  ],
  [
    'cancellations without a request, or ignored',
    'a request for another run cancels this one',
    ({ histories }) => (histories[0]!.cancels[0]!.runId = 'run-1'),
    'run run-2',
    /is cancelled without a request/,
  ],
  [
    'cancellations without a request, or ignored',
    'an earlier message does not interrupt a run',
    (evidence) => {
      evidence.histories[0]!.cancels = [];
      send(evidence, 'c1.1a').onBusy = 'interrupt';
    },
    'run run-2',
    /is cancelled without a request/,
  ],
  [
    'cancellations without a request, or ignored',
    'a run is generated again after its cancellation was acknowledged',
    ({ histories }) =>
      void histories[0]!.cancels.push({ client: 'c1', runId: 'run-1', at: beginning + 3, status: 202 }),
    'run run-1',
    /was generated again after its cancellation was acknowledged/,
  ],
  [
    'refused messages stored',
    'a busy conversation stores it',
    (evidence) => {
      const { tries, acknowledgements } = send(evidence, 'c1.1a');
      tries.push({
        replica: 'replica 1',
        at: beginning,
        outcome: 'answered',
        status: 409,
        code: 'conversation_busy',
      });
      acknowledgements.pop();
    },
    'send c1.1a',
    /was answered 409 conversation_busy, and is stored as user-1/,
  ],
  [
    'pieces of text not deleted',
    'of a finished run',
    ({ database }) => void database.pieces.push({ runId: 'run-1' }),
    'run run-1',
    /is completed and has pieces of text/,
  ],
  [
    'unexpected error statuses',
    'an internal error',
    (evidence) => void (send(evidence, 'c1.2a').tries[1]!.status = 500),
    'send c1.2a',
    /replica 2 answered 500/,
  ],
  [
    'requests failed by a rolling restart',
    'a connection breaks',
    (evidence) => (evidence.isRolling = true),
    'send c1.2a',
    /replica 2: broken/,
  ],
  [
    'requests failed by a rolling restart',
    'a waiting client gets server_restart',
    (evidence) => {
      evidence.isRolling = true;
      send(evidence, 'c1.2a').tries[1] = {
        replica: 'replica 2',
        at: beginning,
        outcome: 'answered',
        status: 503,
        code: 'server_restart',
      };
    },
    'send c1.2a',
    /replica 2 answered 503 server_restart/,
  ],
  [
    'requests failed by a rolling restart',
    'a message is stored after shutting_down',
    (evidence) => {
      evidence.isRolling = true;
      send(evidence, 'c1.2a').tries = [
        { replica: 'replica 2', at: beginning, outcome: 'answered', status: 503, code: 'shutting_down' },
      ];
    },
    'send c1.2a',
    /replica 2 answered shutting_down, and the message is stored/,
  ],
  [
    'replicas that do not work 10 s after a failover',
    'a replica acknowledges nothing',
    (evidence) => {
      evidence.failover = { failedAt: beginning - 1_000, promotedAt: beginning };
      send(evidence, 'c1.1a').tries = [{ replica: 'replica 1', at: beginning + 500, outcome: 'silent' }];
    },
    'replica 1',
    /acknowledged nothing in time/,
  ],
  [
    'replicas that do not work 10 s after a failover',
    'a message fails later',
    (evidence) => {
      evidence.failover = { failedAt: beginning - 1_000, promotedAt: beginning };
      const late = { replica: 'replica 1', at: beginning + 10_001, outcome: 'answered' as const };
      send(evidence, 'c1.1a').tries.push({ ...late, status: 503, code: 'database_unavailable' });
    },
    'replica 1',
    /^10001 ms after the promotion: 503 database_unavailable$/,
  ],
  [
    'replicas that ended unexpectedly',
    'a crash',
    ({ endings }) => void endings.push({ replica: 'replica 3', requested: 'no', code: 1, signal: null }),
    'replica 3',
    /ended without a signal from here: exit code 1/,
  ],
  [
    'replicas that ended unexpectedly',
    'SIGTERM does not end it with exit code 0',
    ({ endings }) => (endings[1]!.signal = 'SIGKILL'),
    'replica 2',
    /after SIGTERM: SIGKILL/,
  ],
];

describe('check', () => {
  it('finds nothing in a valid run', () => {
    expect(check(sampleEvidence()).filter(({ findings }) => findings.length > 0)).toEqual([]);
  });

  it('accepts a message that a stopping replica refused and another one stored', () => {
    const evidence = { ...sampleEvidence(), isRolling: true };
    send(evidence, 'c1.2a').tries[1] = {
      replica: 'replica 2',
      at: beginning,
      outcome: 'answered',
      status: 503,
      code: 'shutting_down',
    };
    expect(check(evidence).filter(({ findings }) => findings.length > 0)).toEqual([]);
  });

  it('accepts a message that a frozen replica stores after a temporary refusal by another one, but reports other refusals', () => {
    const evidence = sampleEvidence();
    const { tries, acknowledgements } = send(evidence, 'c1.1a');
    acknowledgements.pop();
    const refusal = { replica: 'replica 2', at: beginning, outcome: 'answered', status: 409 } as const;
    const findings = () => check(evidence).find(({ rule }) => rule === 'refused messages stored')!.findings;
    tries.splice(
      0,
      tries.length,
      { replica: 'replica 1', at: beginning, outcome: 'silent' },
      { ...refusal, code: 'conversation_busy' },
    );
    expect(findings()).toEqual([]);
    tries[1] = { ...refusal, code: 'message_id_taken' };
    expect(findings()).toHaveLength(1);
  });

  it('accepts the cancellation of a run that a later message interrupts', () => {
    const evidence = sampleEvidence();
    evidence.histories[0]!.cancels = [];
    const { database } = evidence;
    database.messages.push({
      ...database.messages[2]!,
      id: 'user-3',
      content: 'Stop (c1.3a)',
      seq: 5,
      parentId: 'reply-2',
    });
    database.messages.push({
      ...database.messages[1]!,
      id: 'reply-3',
      runId: 'run-3',
      seq: 6,
      parentId: 'user-3',
    });
    database.runs.push({ ...database.runs[0]!, id: 'run-3', messageId: 'reply-3' });
    database.conversations[0] = { ...database.conversations[0]!, nextSeq: 7, leafId: 'reply-3' };
    evidence.histories[0]!.sends.push({
      ...send(evidence, 'c1.1a'),
      name: 'c1.3a',
      content: 'Stop (c1.3a)',
      onBusy: 'interrupt',
      acknowledgements: [],
    });
    expect(check(evidence).filter(({ findings }) => findings.length > 0)).toEqual([]);
  });

  it.each(violations)('reports: %s (%s)', (rule, _how, change, about, what) => {
    const evidence = sampleEvidence();
    change(evidence);
    const found = check(evidence).find((verdict) => verdict.rule === rule)!.findings;
    expect(found).toContainEqual({ about, what: expect.stringMatching(what) });
  });

  it('is tested with invalid evidence for every rule', () => {
    expect(new Set(violations.map(([rule]) => rule))).toEqual(new Set(rules.map(({ name }) => name)));
  });
});
