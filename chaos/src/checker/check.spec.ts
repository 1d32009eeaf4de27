import { type Send } from '../history/history.js';
import { check, rules } from './check.js';
import { type Evidence } from './evidence.js';
import { beginning, row, sampleEvidence } from './testing/sample-evidence.js';

/** One way to spoil a good run of the programme, and what is then to be found. */
type Spoilt = [rule: string, how: string, spoil: (evidence: Evidence) => void, about: string, what: RegExp];

const message = (evidence: Evidence, id: string) => evidence.database.messages.find((one) => one.id === id)!;
const send = (evidence: Evidence, name: string): Send =>
  evidence.histories[0]!.sends.find((one) => one.name === name)!;
const reading = (evidence: Evidence, index: number) => evidence.histories[0]!.readers[0]!.readings[index]!;
const write = (evidence: Evidence, given: Parameters<typeof row>[1]): void =>
  void evidence.database.audit.push(row(20, given));

const spoilt: Spoilt[] = [
  [
    'acknowledged messages lost',
    'the user’s message is gone',
    ({ database }) => (database.messages = database.messages.filter(({ id }) => id !== 'user-1')),
    'send c1.1a',
    /the user's message user-1 is gone/,
  ],
  [
    'acknowledged messages lost',
    'the answer that was being made is gone',
    ({ database }) => (database.messages = database.messages.filter(({ id }) => id !== 'reply-2')),
    'send c1.2a',
    /its answer reply-2 is gone/,
  ],
  [
    'acknowledged messages lost',
    'the run is gone',
    ({ database }) => (database.runs = database.runs.filter(({ id }) => id !== 'run-1')),
    'send c1.1a',
    /its run run-1 is gone/,
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
    'the id that the client chose is not taken',
    (evidence) => (send(evidence, 'c1.1a').ownId = 'mine'),
    'send c1.1a',
    /has the id user-1, not mine/,
  ],
  [
    'acknowledged messages lost',
    'a conversation is gone',
    ({ histories }) => histories[0]!.conversations.push('chat-2'),
    'conversation chat-2',
    /is gone/,
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
    'equal requests are told of two runs',
    (evidence) => void send(evidence, 'c1.2a').acknowledgements.push({ runId: 'run-1', replyId: 'reply-1' }),
    'send c1.2a',
    /told of the runs run-2, run-1/,
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
    'a run that can be resumed nowhere',
    (evidence) => void (reading(evidence, 2).status = 404),
    'run run-1, followed by c1',
    /following it after 1001\.4 was answered 404/,
  ],
  [
    'answers other than stored',
    'a reader was told another text',
    (evidence) => (message(evidence, 'reply-1').content = 'Good day.'),
    'run run-1, followed by c1',
    /not the stored text: 8 and 9 characters, the same up to 8/,
  ],
  [
    'answers other than stored',
    'the deltas make another text than the end says',
    (evidence) => {
      reading(evidence, 2).events.find(({ type }) => type === 'message.completed')!.content = 'Good';
      message(evidence, 'reply-1').content = 'Good';
    },
    'run run-1, followed by c1',
    /its deltas are not the content that ended it: 8 and 4 characters/,
  ],
  [
    'answers other than stored',
    'whoever waited was told another text',
    (evidence) => (send(evidence, 'c1.2a').acknowledgements[0]!.content = 'now'),
    'run run-2, awaited by send c1.2a',
    /not the stored text/,
  ],
  [
    'answers other than stored',
    'a run is told to be over in another way',
    ({ histories }) => (histories[0]!.looks[0]!.status = 'incomplete'),
    'run run-1, looked at by c1',
    /was said to be incomplete; stored is completed/,
  ],
  [
    'answers other than stored',
    'two readers saw two texts of one attempt',
    ({ histories }) => {
      const [reader] = histories[0]!.readers;
      const [first, ...others] = structuredClone(reader!.readings);
      first!.events[2]!.delta = 'Hal';
      histories[0]!.readers.push({ client: 'c2', runId: 'run-1', readings: [first!, ...others] });
    },
    'run run-1, followed by c2',
    /others saw another text of attempt 1/,
  ],
  [
    'writes without the lease',
    'the replica that lost the run writes a piece',
    (evidence) => write(evidence, { table: 'run_pieces', operation: 'INSERT', fence: 2, statusBefore: null }),
    'run run-1',
    /its text was written by another than replica 2, life 1/,
  ],
  [
    'writes without the lease',
    'a finished run is written once more',
    (evidence) =>
      write(evidence, { changed: ['status'], statusBefore: 'completed', fenceBefore: 2, fence: 2 }),
    'run run-1',
    /it was written after its end/,
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
    'a fence goes down',
    (evidence) => write(evidence, { runId: 'run-4', changed: ['fence'], fenceBefore: 3, fence: 2 }),
    'run run-4',
    /its fence went down/,
  ],
  [
    'writes without the lease',
    'a run is taken from a living replica',
    ({ database }) => (database.audit.find(({ id }) => id === 4)!.leaseBefore = beginning + 5_004),
    'run run-1',
    /its lease had 5000 ms left/,
  ],
  [
    'writes without the lease',
    'a stranger renews a lease',
    (evidence) => write(evidence, { runId: 'run-2', changed: ['lease_until'] }),
    'run run-2',
    /it was written by another than replica 3, life 1/,
  ],
  [
    'runs unfinished after 30 s',
    'a run goes on and on',
    ({ database }) => (database.runs[1]!.status = 'in_progress'),
    'run run-2',
    /is in_progress/,
  ],
  [
    'runs unfinished after 30 s',
    'a reader never hears of the end',
    (evidence) => void reading(evidence, 2).events.pop(),
    'run run-1',
    /c1 never heard of its end, in 3 readings/,
  ],
  [
    'holes in a conversation',
    'a seq is missing',
    (evidence) => (message(evidence, 'reply-2').seq = 5),
    'conversation chat-1',
    /place 4 is taken by seq 5/,
  ],
  [
    'holes in a conversation',
    'a seq comes twice',
    (evidence) => (message(evidence, 'user-2').seq = 2),
    'conversation chat-1',
    /place 3 is taken by seq 2/,
  ],
  [
    'holes in a conversation',
    'the next seq is taken',
    ({ database }) => (database.conversations[0]!.nextSeq = 4),
    'conversation chat-1',
    /4 messages, but the next one would be 4/,
  ],
  [
    'holes in a conversation',
    'a message follows an older one than the newest',
    (evidence) => (message(evidence, 'user-2').parentId = null),
    'conversation chat-1',
    /message user-2 \(seq 3\) follows null, not the newest message of its time/,
  ],
  [
    'holes in a conversation',
    'an edit does not follow the message that it was to follow',
    (evidence) => (send(evidence, 'c1.2a').parentId = 'user-1'),
    'conversation chat-1',
    /follows reply-1, not user-1 as it was asked to/,
  ],
  [
    'holes in a conversation',
    'a parent is in no conversation',
    (evidence) => (message(evidence, 'reply-2').parentId = 'user-9'),
    'conversation chat-1',
    /follows user-9, which is not in its conversation/,
  ],
  [
    'holes in a conversation',
    'the leaf is not the newest message',
    ({ database }) => (database.conversations[0]!.leafId = 'reply-1'),
    'conversation chat-1',
    /its leaf is reply-1/,
  ],
  [
    'conversations held by a run that is over',
    'by a finished one',
    ({ database }) => (database.conversations[0]!.activeRunId = 'run-2'),
    'conversation chat-1',
    /is held by run run-2, which is cancelled/,
  ],
  [
    'conversations held by a run that is over',
    'a finished one is queued',
    ({ database }) => (database.conversations[0]!.queuedRunIds = ['run-1']),
    'conversation chat-1',
    /queues run run-1, which is completed/,
  ],
  [
    'conversations held by a run that is over',
    'a run goes on without its conversation',
    ({ database }) => (database.runs[1]!.status = 'queued'),
    'run run-2',
    /its conversation does not know of it/,
  ],
  [
    'conversations held by a run that is over',
    'a message that does not know of the end',
    (evidence) => (message(evidence, 'reply-2').status = 'in_progress'),
    'run run-2',
    /is cancelled, its message in_progress/,
  ],
  [
    'cancels of another run, or forgotten ones',
    'a cancel of another run hits this one',
    ({ histories }) => (histories[0]!.cancels[0]!.runId = 'run-1'),
    'run run-2',
    /is cancelled, and nobody wanted that/,
  ],
  [
    'cancels of another run, or forgotten ones',
    'a message that came before interrupts nothing',
    (evidence) => {
      evidence.histories[0]!.cancels = [];
      send(evidence, 'c1.1a').onBusy = 'interrupt';
    },
    'run run-2',
    /is cancelled, and nobody wanted that/,
  ],
  [
    'cancels of another run, or forgotten ones',
    'a run is generated again after its cancel was acknowledged',
    ({ histories }) =>
      void histories[0]!.cancels.push({ client: 'c1', runId: 'run-1', at: beginning + 3, status: 202 }),
    'run run-1',
    /was generated again after its cancel was acknowledged/,
  ],
  [
    'messages refused, but stored',
    'a busy conversation takes it all the same',
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
    'pieces of text left behind',
    'of a finished run',
    ({ database }) => void database.pieces.push({ runId: 'run-1' }),
    'run run-1',
    /is completed and has pieces of text/,
  ],
  [
    'answers that nothing explains',
    'a defect',
    (evidence) => void (send(evidence, 'c1.2a').tries[1]!.status = 500),
    'send c1.2a',
    /replica 2 answered 500/,
  ],
  [
    'requests failed by a rolling restart',
    'a connection breaks',
    (evidence) => (evidence.isRolling = true),
    'send c1.2a',
    /broken by replica 2/,
  ],
  [
    'requests failed by a rolling restart',
    'a waiting client is told that the server restarts',
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
    'a message that was turned away is stored',
    (evidence) => {
      evidence.isRolling = true;
      send(evidence, 'c1.2a').tries = [
        { replica: 'replica 2', at: beginning, outcome: 'answered', status: 503, code: 'shutting_down' },
      ];
    },
    'send c1.2a',
    /replica 2 turned it away, and it is stored/,
  ],
  [
    'replicas that ended by themselves or badly',
    'a crash',
    ({ endings }) => void endings.push({ replica: 'replica 3', wanted: 'no', code: 1, signal: null }),
    'replica 3',
    /ended by itself: exit code 1/,
  ],
  [
    'replicas that ended by themselves or badly',
    'an end that was asked for goes wrong',
    ({ endings }) => (endings[1]!.signal = 'SIGKILL'),
    'replica 2',
    /was asked to end: SIGKILL/,
  ],
];

describe('check', () => {
  it('finds nothing in a run in which all was well', () => {
    expect(check(sampleEvidence()).filter(({ findings }) => findings.length > 0)).toEqual([]);
  });

  it('says nothing of a message that was turned away by a stopping replica and then taken by another', () => {
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

  it('says nothing of a message that a frozen replica takes after another one was busy, but objects to other refusals', () => {
    const evidence = sampleEvidence();
    const { tries, acknowledgements } = send(evidence, 'c1.1a');
    acknowledgements.pop();
    const refusal = { replica: 'replica 2', at: beginning, outcome: 'answered', status: 409 } as const;
    const findings = () =>
      check(evidence).find(({ rule }) => rule === 'messages refused, but stored')!.findings;
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

  it('says nothing of a run that a later message interrupts', () => {
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

  it.each(spoilt)('objects: %s (%s)', (rule, _how, spoil, about, what) => {
    const evidence = sampleEvidence();
    spoil(evidence);
    const found = check(evidence).find((verdict) => verdict.rule === rule)!.findings;
    expect(found).toContainEqual({ about, what: expect.stringMatching(what) });
  });

  it('is tried with a bad history for every rule', () => {
    expect(new Set(spoilt.map(([rule]) => rule))).toEqual(new Set(rules.map(({ name }) => name)));
  });
});
