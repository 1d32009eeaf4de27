import { FakeClock } from '../../../llm/src/testing/fake-clock.js';
import { ChatObserver } from '../model/chat-observer.js';
import { chatDefaults } from '../options/chat-options.js';
import { ConversationNotifier } from './conversation-notifier.js';
import { type RunNotificationListener } from './run-notifications.js';

const settled = (): Promise<void> => new Promise(setImmediate);

describe('ConversationNotifier', () => {
  let clock: FakeClock;
  let notifier: ConversationNotifier;
  let listener: RunNotificationListener;
  let seqs: Map<string, number>;
  let polls: (readonly string[])[];
  let poll: () => Promise<ReadonlyMap<string, number>>;
  let errors: Error[];
  let woken: string[];

  const subscribe = (id: string): (() => void) => notifier.subscribe(id, () => void woken.push(id));
  const interval = async (): Promise<void> => {
    clock.advance(chatDefaults.turnPollMs);
    await settled();
  };

  beforeEach(() => {
    clock = new FakeClock();
    seqs = new Map([['c1', 3]]);
    polls = [];
    poll = async () => seqs;
    errors = [];
    woken = [];
    const observer = new ChatObserver();
    observer.on('followFailed', (error) => errors.push(error));
    notifier = new ConversationNotifier(
      { nextSeqs: (ids) => (polls.push(ids), poll()) },
      { subscribe: (added) => void (listener = added) },
      observer,
      clock,
    );
  });
  afterEach(() => notifier.onApplicationShutdown());

  it('wakes the subscribers of a conversation for local turns and for notifications of other replicas', () => {
    subscribe('c1');
    subscribe('c2');
    notifier.notify('c1');
    listener.onChange('r1', 'c2');
    listener.onChange('r2', 'c3');
    expect(woken).toEqual(['c1', 'c2']);
  });

  it('wakes all subscribers when notifications may have been missed', () => {
    subscribe('c1');
    subscribe('c2');
    listener.onGap();
    expect(woken).toEqual(['c1', 'c2']);
  });

  it('finds a turn without a notification by polling', async () => {
    subscribe('c1');
    await interval();
    woken = [];
    await interval();
    expect(woken).toEqual([]);
    seqs.set('c1', 5);
    await interval();
    expect([woken, polls]).toEqual([['c1'], [['c1'], ['c1'], ['c1']]]);
  });

  it('wakes the subscribers of a conversation that was deleted', async () => {
    subscribe('c1');
    await interval();
    woken = [];
    seqs.delete('c1');
    await interval();
    expect(woken).toEqual(['c1']);
  });

  it('polls only while there are subscribers', async () => {
    const unsubscribe = subscribe('c1');
    await interval();
    unsubscribe();
    await interval();
    expect(clock.pending).toBe(0);
    subscribe('c1');
    expect(clock.pending).toBe(1);
  });

  it('polls again after a failed poll', async () => {
    subscribe('c1');
    poll = () => Promise.reject(new Error('unavailable'));
    await interval();
    expect([errors.length, woken]).toEqual([1, []]);
    poll = async () => seqs;
    await interval();
    expect(woken).toEqual(['c1']);
  });
});
