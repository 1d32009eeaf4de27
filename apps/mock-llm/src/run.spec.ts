import { EventEmitter } from 'node:events';
import { run } from './run.js';

/** Runs the program and records its output; `listening` resolves when it listens. */
function started(args: string[], env: NodeJS.ProcessEnv = {}) {
  const signals = new EventEmitter();
  const out: string[] = [];
  const err: string[] = [];
  let ready: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => (ready = resolve));
  const stdout = {
    write: (text: string) => {
      out.push(text);
      if (text.startsWith('Control port')) ready();
    },
  };
  const exit = run(args, { env, stdout, stderr: { write: (text) => err.push(text) } }, signals);
  return { signals, out, err, exit, listening };
}

describe('the program', () => {
  it.each(['SIGINT', 'SIGTERM'])('prints its addresses, and exits with 0 on %s', async (signal) => {
    const program = started(['--port', '0'], { MOCK_LLM_CONTROL_PORT: '0', MOCK_LLM_REPLY: 'ahoy' });
    await program.listening;
    const [, url] = /^Mock LLM listens on (ws:.*\/chat)\n$/.exec(program.out[0] ?? '') ?? [];
    const [, control] = /^Control port: (http:.*)\n$/.exec(program.out[1] ?? '') ?? [];
    expect(program.out).toHaveLength(2);
    expect(await (await fetch(`${control}/health`)).json()).toMatchObject({ status: 'up', url });
    expect(await (await fetch(`${control}/behaviour`)).json()).toMatchObject({ reply: 'ahoy' });
    program.signals.emit(signal);
    expect(await program.exit).toBe(0);
    expect(program.signals.eventNames()).toEqual([]);
    await expect(fetch(`${control}/health`)).rejects.toThrow();
  });

  it('lists every mistake, and exits with 2', async () => {
    const program = started(['--prot', '1', '--stall=maybe', '--port', '99999', 'extra', '--seed'], {
      MOCK_LLM_CUT: 'off',
    });
    expect(await program.exit).toBe(2);
    expect(program.err.join('').split('\n').sort()).toEqual(
      [
        'The mock LLM cannot start:',
        '  --prot: no such flag',
        '  1: unexpected',
        '  extra: unexpected',
        '  --seed: needs a value',
        '  --port: must be a whole number, 0 to 65535',
        '  --stall: must be true or false',
        '  MOCK_LLM_CUT: must be reset | end; null: off',
        'See --help.',
        '',
      ].sort(),
    );
  });

  it('exits with 1 if it cannot listen', async () => {
    const first = started(['--port', '0', '--control-port', '0']);
    await first.listening;
    const port = new URL(first.out[0]?.split(' ').at(-1) ?? '').port;
    const second = started(['--port', port, '--no-control']);
    expect(await second.exit).toBe(1);
    expect(second.err.join('')).toContain('EADDRINUSE');
    expect(second.signals.eventNames()).toEqual([]);
    first.signals.emit('SIGTERM');
    expect(await first.exit).toBe(0);
  });

  it('explains every flag', async () => {
    const program = started(['--help']);
    expect(await program.exit).toBe(0);
    expect(program.out.join('')).toContain('--tokens-per-second');
  });
});
