import fc from 'fast-check';
import { type RunStatus } from './message.entity.js';
import { type Claim, isFinal, maxGenerations, nextStatus, type RunChange } from './run-state.js';

const statuses: RunStatus[] = ['queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete'];
const finalStatuses = statuses.filter(isFinal);

const claimed = (known: Partial<Claim> = {}): RunChange => ({
  type: 'claimed',
  generation: 2,
  crashes: 1,
  isCancelRequested: false,
  mayRestart: true,
  ...known,
});

const anyChange = fc.oneof(
  fc.constantFrom<RunChange>({ type: 'begun' }, { type: 'completed' }, { type: 'cancelled' }),
  fc.record({ type: fc.constant('failed' as const), hasText: fc.boolean() }),
  fc.record({
    type: fc.constant('claimed' as const),
    generation: fc.integer({ min: 1, max: 20 }),
    crashes: fc.integer({ min: 0, max: 20 }),
    isCancelRequested: fc.boolean(),
    mayRestart: fc.boolean(),
  }),
);

describe('the status of a run', () => {
  it.each<[RunStatus, string, RunChange, RunStatus]>([
    ['queued', 'it becomes the active run', { type: 'begun' }, 'in_progress'],
    ['queued', 'it is cancelled', { type: 'cancelled' }, 'cancelled'],
    ['queued', 'it cannot begin', { type: 'failed', hasText: false }, 'failed'],
    ['queued', 'its replica dies', claimed({ generation: 1, crashes: 0 }), 'queued'],
    ['queued', 'many replicas hand it over', claimed({ generation: maxGenerations + 1 }), 'queued'],
    ['queued', 'its replica dies after a cancel request', claimed({ isCancelRequested: true }), 'cancelled'],
    ['in_progress', 'the LLM answers', { type: 'completed' }, 'completed'],
    ['in_progress', 'every LLM fails', { type: 'failed', hasText: false }, 'failed'],
    ['in_progress', 'its answer is interrupted', { type: 'failed', hasText: true }, 'incomplete'],
    ['in_progress', 'it is cancelled', { type: 'cancelled' }, 'cancelled'],
    ['in_progress', 'its replica dies', claimed(), 'in_progress'],
    ['in_progress', 'a second replica dies', claimed({ generation: 3, crashes: 2 }), 'incomplete'],
    [
      'in_progress',
      'its replica dies after a cancel request',
      claimed({ isCancelRequested: true }),
      'cancelled',
    ],
    [
      'in_progress',
      'its replica dies, and its text must not start over',
      claimed({ mayRestart: false }),
      'incomplete',
    ],
    ['in_progress', 'its replica stops', claimed({ crashes: 0, mayRestart: false }), 'in_progress'],
    ['in_progress', 'the ninth replica stops', claimed({ generation: 10, crashes: 0 }), 'in_progress'],
    ['in_progress', 'the tenth replica stops', claimed({ generation: 11, crashes: 0 }), 'incomplete'],
  ])('that is %s, when %s', (status, _, change, next) => {
    expect(nextStatus(status, change)).toBe(next);
  });

  it.each<[RunStatus, RunChange]>([
    ['queued', { type: 'completed' }],
    ['in_progress', { type: 'begun' }],
  ])('that is %s cannot skip a status: %j', (status, change) => {
    expect(() => nextStatus(status, change)).toThrow(RangeError);
  });

  it('never leaves a final status', () => {
    fc.assert(
      fc.property(fc.constantFrom(...finalStatuses), anyChange, (status, change) => {
        expect(() => nextStatus(status, change)).toThrow(`a run that is ${status} has ended`);
      }),
    );
  });

  it('never returns to queued, and has ended after two crashes', () => {
    fc.assert(
      fc.property(fc.array(anyChange), (changes) => {
        let status: RunStatus = 'queued';
        for (const change of changes) {
          let next: RunStatus;
          try {
            next = nextStatus(status, change);
          } catch {
            continue;
          }
          if (next === 'queued') expect(status).toBe('queued');
          if (change.type === 'claimed' && status === 'in_progress' && change.crashes > 1) {
            expect(isFinal(next)).toBe(true);
          }
          status = next;
        }
      }),
    );
  });
});
