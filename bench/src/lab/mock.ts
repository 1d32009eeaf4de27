import { MeasuredProgram } from './measured-program.js';

/** The mock LLM as a process, and its control port. */
export interface Mock {
  /** ws://… */
  url: string;
  /** Changes how it answers from now on. */
  behave(behavior: Readonly<Record<string, unknown>>): Promise<void>;
  /** Changes how it answers the next request only; such changes queue up. */
  behaveOnce(behavior: Readonly<Record<string, unknown>>): Promise<void>;
}

export async function startMock(
  cwd: string,
  register: (program: MeasuredProgram) => void,
  signal: AbortSignal,
): Promise<Mock> {
  const { ready } = await MeasuredProgram.start(
    {
      entry: 'apps/mock-llm/src/main',
      cwd,
      args: ['--port', '0', '--control-port', '0'],
      ready: /listens on (ws:\S+)\nControl port: (http:\S+)\n/,
    },
    register,
    signal,
  );
  const [, url = '', controlUrl = ''] = ready;
  const control = async (method: string, path: string, body: object): Promise<void> => {
    const response = await fetch(controlUrl + path, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      signal,
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`the mock LLM refused ${path}: ${answer}`);
  };
  return {
    url,
    behave: (behavior) => control('PATCH', '/behaviour', behavior),
    behaveOnce: (behavior) => control('POST', '/once', { behavior: behavior }),
  };
}
