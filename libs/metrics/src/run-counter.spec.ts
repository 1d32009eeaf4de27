import { ChatObserver, type RunView } from '#chat';
import { Registry } from 'prom-client';
import { RunCounter } from './run-counter.js';

let registry: Registry;
let chat: ChatObserver;

beforeEach(() => {
  registry = new Registry();
  chat = new ChatObserver();
  new RunCounter(registry, 'first').subscribe(chat);
});

function run(status: RunView['status'], routes: Record<string, 'succeeded' | 'failed'> = {}): RunView {
  const at = new Date(0);
  return {
    id: 'r1',
    conversation_id: 'c1',
    message_id: 'm1',
    status,
    error: null,
    created_at: at,
    finished_at: at,
    attempts: Object.entries(routes).map(([route, outcome], index) => ({
      number: index + 1,
      route,
      endpoint: 'ws://llm/chat',
      outcome,
      error_code: null,
      first_token_ms: null,
      duration_ms: 1,
      started_at: at.toISOString(),
    })),
  };
}

const lines = async (name: string) => (await registry.metrics()).match(new RegExp(`^${name}.*$`, 'gm'));

describe('RunCounter', () => {
  it('counts runs by final status, starting at 0', async () => {
    for (const status of ['completed', 'completed', 'cancelled', 'incomplete'] as const) {
      chat.emit('runFinished', run(status));
    }
    expect(await lines('parley_runs_total')).toEqual([
      'parley_runs_total{status="completed"} 2',
      'parley_runs_total{status="failed"} 0',
      'parley_runs_total{status="cancelled"} 1',
      'parley_runs_total{status="incomplete"} 1',
    ]);
  });

  it('counts completed answers by source and route', async () => {
    chat.emit('runFinished', run('completed', { first: 'succeeded' }));
    chat.emit('runFinished', run('completed', { first: 'failed', second: 'succeeded' }));
    chat.emit('runFinished', run('completed', { first: 'failed', second: 'failed' }));
    chat.emit('runFinished', run('cancelled', { first: 'succeeded' }));
    expect(await lines('parley_answers_total')).toEqual([
      'parley_answers_total{route="first",source="primary"} 1',
      'parley_answers_total{route="second",source="fallback"} 1',
      'parley_answers_total{route="fallback_reply",source="fallback"} 1',
    ]);
  });

  it('counts faults, starting at 0', async () => {
    const error = new Error('unavailable');
    chat.emit('storeDelayed', 'r1', error);
    chat.emit('storeDelayed', 'r1', error);
    chat.emit('storeFailed', 'r1', error);
    chat.emit('defect', 'r1', error);
    chat.emit('runsClaimed', 3);
    expect(await lines('parley_run')).toEqual(
      expect.arrayContaining([
        'parley_run_faults_total{fault="store_delayed"} 2',
        'parley_run_faults_total{fault="store_failed"} 1',
        'parley_run_faults_total{fault="lease_failed"} 0',
        'parley_run_faults_total{fault="defect"} 1',
        'parley_runs_swept_total 3',
      ]),
    );
  });
});
