import { MockLlm } from '#mock-llm';
import { isLlmConfigured, llmChain, type Configuration } from '../configuration/index.js';
import { runProcess } from './run-process.js';
import { type Shutdown } from './shutdown.js';
import { startServer } from './start-server.js';

/** Where the mock LLM listens unless something else does. */
const mockLlmPort = 8080;
/** The demo ends within five seconds of Ctrl-C, whatever is being generated. */
const longestDrainMs = 2_000;
/** About as fast as a model on somebody's own machine. */
const mockBehaviour = { tokensPerSecond: 40, serviceTimeMs: 150 };

/** `npm start`: the server, with a mock LLM where none is configured. */
export function serveDemo(stop: AbortSignal): Promise<void> {
  return runProcess(stop, 'serving', async (configured, logger, shutdown) => {
    const configuration = await withLlm(configured, shutdown);
    const { url, database } = await startServer(configuration, logger, shutdown, stop);
    process.stdout.write(welcome(url, database, configuration, !isLlmConfigured(configured.llm)));
  });
}

async function withLlm(configured: Configuration, shutdown: Shutdown): Promise<Configuration> {
  const configuration = {
    ...configured,
    drainTimeoutMs: Math.min(configured.drainTimeoutMs, longestDrainMs),
  };
  if (isLlmConfigured(configured.llm)) return configuration;
  const mock = await startMock();
  shutdown.add('mock LLM', () => mock.stop());
  return { ...configuration, llm: { ...configured.llm, urls: [mock.url] } };
}

/** On its usual port, or on a free one if that is taken. */
async function startMock(): Promise<MockLlm> {
  try {
    return await MockLlm.start({ port: mockLlmPort, behaviour: mockBehaviour });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return MockLlm.start({ behaviour: mockBehaviour });
  }
}

function welcome(url: string, database: string, { llm, auth }: Configuration, isMock: boolean): string {
  const key = auth.mode === 'keys' ? ` -H 'Authorization: Bearer YOUR-KEY'` : '';
  const routes = llmChain(llm).map(({ endpoints }) =>
    endpoints.map(({ url }) => shownAddress(url)).join(', '),
  );
  return `
  Parley      ${url}   (API: ${url}/docs)
  Database    ${database}
  LLM         ${routes.join('; then ')}${isMock ? '   (a mock: set LLM_WEBSOCKET_URL to use your own)' : ''}

  Try:  curl ${url}/api/chat${key} -H 'Content-Type: application/json' -d '{"message":"hi"}'

`;
}

/** Without user, password and query. */
function shownAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
