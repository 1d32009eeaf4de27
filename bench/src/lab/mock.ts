import { MeasuredProgram } from './measured-program.js';

/** A mock LLM in a process of its own. */
export interface Mock {
  /** Its WebSocket address. */
  url: string;
  /** Changes how it answers all further requests. */
  behave(behavior: Readonly<Record<string, unknown>>): Promise<void>;
  /** Changes how it answers the next request only. Further changes apply to the requests after it. */
  behaveOnce(behavior: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Starts a mock LLM. @param cwd its working folder */
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
    if (!response.ok) throw new Error(`the mock LLM rejected ${path}: ${answer}`);
  };
  return {
    url,
    behave: (behavior) => control('PATCH', '/behaviour', behavior),
    behaveOnce: (behavior) => control('POST', '/once', { behaviour: behavior }),
  };
}
