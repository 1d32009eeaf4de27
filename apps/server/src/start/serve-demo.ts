import { MockLlm } from '#mock-llm';
import { isLlmConfigured, llmChain, type Configuration } from '../configuration/index.js';
import { runProcess } from './run-process.js';
import { type Shutdown } from './shutdown.js';
import { startServer } from './start-server.js';

/** The port of the mock LLM server, unless it is in use. */
const mockLlmPort = 8080;
/** The longest drain time, in ms: the demo ends within five seconds of Ctrl-C, even while an answer is generated. */
const maxDrainMs = 2_000;
/** Speed of a small model on a personal computer. */
const mockBehavior = { tokensPerSecond: 40, serviceTimeMs: 150 };

/** `npm start`: runs the server, with a mock LLM server if none is configured. */
export function serveDemo(stop: AbortSignal): Promise<void> {
  return runProcess(stop, 'serving', async (configured, logger, shutdown) => {
    const start = performance.now();
    const configuration = await withLlm(configured, shutdown);
    const { url, database } = await startServer(configuration, logger, shutdown, stop);
    process.stdout.write(welcome(url, database, configuration, !isLlmConfigured(configured.llm)));
    process.stdout.write(
      `  Ready after ${((performance.now() - start) / 1000).toFixed(1)} s. Ctrl-C stops everything.\n\n`,
    );
  });
}

async function withLlm(configured: Configuration, shutdown: Shutdown): Promise<Configuration> {
  const configuration = {
    ...configured,
    drainTimeoutMs: Math.min(configured.drainTimeoutMs, maxDrainMs),
  };
  if (isLlmConfigured(configured.llm)) return configuration;
  const mock = await startMock();
  shutdown.add('mock LLM', () => mock.stop());
  return { ...configuration, llm: { ...configured.llm, urls: [mock.url], proxy: {} } };
}

/** Listens on the default port, or on a free one if that is in use. */
async function startMock(): Promise<MockLlm> {
  try {
    return await MockLlm.start({ port: mockLlmPort, behavior: mockBehavior });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return MockLlm.start({ behavior: mockBehavior });
  }
}

function welcome(url: string, database: string, { llm, auth }: Configuration, isMock: boolean): string {
  const key = auth.mode === 'keys' ? ` -H 'Authorization: Bearer YOUR-KEY'` : '';
  const routes = llmChain(llm).map(({ endpoints }) =>
    endpoints.map(({ url }) => withoutCredentials(url)).join(', '),
  );
  return `
  Parley      ${url}   (API: ${url}/docs)
  Database    ${database}
  LLM         ${routes.join('; then ')}${isMock ? '   (a mock: set LLM_WEBSOCKET_URL to use your own)' : ''}

  Try:  curl ${url}/api/chat${key} -H 'Content-Type: application/json' -d '{"message":"hi"}'

`;
}

/** A URL without user, password and query. */
function withoutCredentials(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
