import { type Reading, type StreamEvent } from '../history/history.js';
import { followText } from './followed-text.js';
import { sampleEvents } from './testing/sample-evidence.js';

describe('followText', () => {
  const reading = (events: StreamEvent[], status = 200): Reading => ({
    replica: 'replica 1',
    after: undefined,
    status,
    events,
    end: 'ended',
  });
  const follow = (...readings: Reading[]) => followText({ readings });
  /** The sample's events, changed. */
  const changed = (change: (events: StreamEvent[]) => void): StreamEvent[] => {
    const events = sampleEvents();
    change(events);
    return events;
  };
  const index = (type: string): number => sampleEvents().findIndex((event) => event.type === type);

  it('joins a text across a restart, wherever the stream was cut', () => {
    const expected = {
      text: 'Good day',
      attempts: new Map([
        [1, 'Hel'],
        [1001, 'Good day'],
      ]),
      ending: { content: 'Good day', status: 'completed' },
      isFinished: true,
      faults: [],
    };
    expect(follow(reading(sampleEvents()))).toEqual(expected);
    expect(follow(...sampleEvents().map((event) => reading([event])))).toEqual(expected);
  });

  it('keeps as many characters as run.retrying says', () => {
    const events = changed((all) => {
      all[3] = { ...all[3]!, keepChars: 2, attempt: 2 };
      all.splice(4, 2, { ...all[4]!, id: '2.4', offset: 2, delta: 'y!' });
      all[5] = { ...all[5]!, content: 'Hey!' };
    });
    expect(follow(reading(events))).toMatchObject({ text: 'Hey!', faults: [] });
  });

  it('accepts another attempt before the first character without run.retrying', () => {
    const events = changed((all) => all.splice(2, 2));
    expect(follow(reading(events))).toMatchObject({ text: 'Good day', faults: [] });
  });

  it.each<[string, (events: StreamEvent[]) => void, RegExp]>([
    ['the first event is missing', (all) => all.shift(), /it began with message.created 0\.1/],
    ['message.created is missing', (all) => all.splice(1, 1), /message.delta 1\.3 before message.created/],
    ['run.started comes again', (all) => all.splice(3, 0, all[0]!), /run.started again/],
    ['message.created comes again', (all) => all.splice(3, 0, all[1]!), /message.created again/],
    ['two texts are spliced', (all) => all.splice(3, 1), /continued with attempt 1001 after attempt 1/],
    ['a gap', (all) => all.splice(4, 1), /a gap: a delta at 4 after 0 characters \(1001\.8\)/],
    ['a repeat', (all) => all.splice(5, 0, all[4]!), /a repeat: a delta at 0 after 4 characters \(1001\.4\)/],
    [
      'an id has another position',
      (all) => (all[5]!.id = '1001.9'),
      /the id 1001\.9 of a delta at 4 with 4 characters/,
    ],
    [
      'a restart comes again',
      (all) => all.splice(6, 0, all[3]!),
      /run.retrying 1001\.0 with attempt 1001 after attempt 1001/,
    ],
    ['an attempt number decreases', (all) => (all[3]!.attempt = 0), /with attempt 0 after attempt 1/],
    [
      'a restart keeps more characters than were sent',
      (all) => (all[3]!.keepChars = 4),
      /keeps 4 of 3 characters/,
    ],
    [
      'the final event comes again',
      (all) => all.splice(7, 0, all[6]!),
      /message.completed 1001\.8\.message after the message's final event/,
    ],
    ['something after the end', (all) => all.push(all[5]!), /message.delta 1001\.8 after run.finished/],
    [
      'the final event is missing',
      (all) => all.splice(6, 1),
      /run.finished without a final event of the message/,
    ],
    [
      'a final event of another name',
      (all) => (all[6]!.status = 'queued'),
      /message.completed for a message that is queued/,
    ],
    [
      'run and message end with different statuses',
      (all) => (all[7]!.status = 'failed'),
      /the message is completed, its run failed/,
    ],
    [
      'an event of an unknown type',
      (all) => (all[4]!.type = 'message.other'),
      /an unknown event: message.other/,
    ],
  ])('reports: %s', (_how, change, fault) => {
    expect(follow(reading(changed(change))).faults).toContainEqual(expect.stringMatching(fault));
  });

  it('reports a 204 before run.finished', () => {
    const events = sampleEvents().slice(0, index('run.finished'));
    const { faults, isFinished } = follow(reading(events), reading([], 204));
    expect(isFinished).toBe(false);
    expect(faults).toEqual([expect.stringMatching(/was answered 204 before run.finished/)]);
  });
});
