import { runFor } from '../model/run.view.js';
import { sampleAttempt, sampleTurn } from '../testing/sample-turn.js';
import { runProblem } from './run-problem.js';

const refused =
  'ws://10.0.0.7:8000/chat refused the WebSocket handshake with HTTP 301, Location: ws://llm.internal/';
const turn = sampleTurn();
const failed = {
  ...turn,
  run: {
    ...turn.run,
    error: { code: 'llm_unavailable', message: 'no LLM endpoint answered: it refused', retryable: true },
    attempts: [
      {
        ...sampleAttempt,
        outcome: 'failed' as const,
        error_code: 'handshake_refused',
        error_message: refused,
      },
    ],
  },
};

describe('the failure of an attempt', () => {
  it('is in the detail for operators alone', () => {
    expect(runProblem(failed, true).detail).toBe(`no LLM endpoint answered: ${refused}`);
    expect(runProblem(failed).detail).toBe('no LLM endpoint answered: it refused');
  });

  it('is shown to other callers without addresses', () => {
    expect(runFor(failed.run, true).attempts[0]!.error_message).toBe(refused);
    expect(runFor(failed.run, false).attempts[0]!.error_message).toBe(
      '[address] refused the WebSocket handshake with HTTP 301, Location: [address]',
    );
  });
});
