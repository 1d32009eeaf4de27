import { attemptTimeLimits, type AttemptSituation } from './attempt-limits.js';

const situation: AttemptSituation = {
  timeouts: { totalMs: 30_000, firstTokenMs: 10_000, idleMs: 8_000, queueMs: 20_000 },
  limits: {},
  streams: true,
  leftMs: 30_000,
  hasAlternative: false,
};
const limits = (more: Partial<AttemptSituation>) => attemptTimeLimits({ ...situation, ...more });

describe('the time limits of an attempt', () => {
  it('of a streamed answer are those of the settings', () => {
    expect(limits({})).toEqual({
      queue: { ms: 20_000, setting: 'LLM_QUEUE_TIMEOUT' },
      firstToken: { ms: 10_000, setting: 'LLM_FIRST_TOKEN_TIMEOUT' },
      idle: { ms: 8_000, setting: 'LLM_IDLE_TIMEOUT' },
      total: undefined,
    });
  });

  it('of a protocol take precedence', () => {
    expect(limits({ limits: { firstTokenMs: 1, idleMs: 2, totalMs: 3 } })).toMatchObject({
      firstToken: { ms: 1, setting: 'limits.first_token of the protocol description' },
      idle: { ms: 2, setting: 'limits.idle of the protocol description' },
      total: { ms: 3, setting: 'limits.total of the protocol description' },
    });
  });

  it('of an answer in one piece are the remaining time, or half of it while another endpoint can be asked', () => {
    const whole = { streams: false, limits: { firstTokenMs: 1 } };
    // A second after the deadline, which ends the attempt.
    expect(limits(whole).firstToken).toEqual({ ms: 31_000, setting: 'what LLM_TIMEOUT leaves' });
    expect(limits({ ...whole, hasAlternative: true })).toMatchObject({
      queue: { ms: 15_000, setting: 'half of what LLM_TIMEOUT leaves' },
      firstToken: { ms: 15_000, setting: 'half of what LLM_TIMEOUT leaves' },
    });
  });
});
