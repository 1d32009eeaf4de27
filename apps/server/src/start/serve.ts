import { ConfigurationError, isLlmConfigured } from '../configuration/index.js';
import { runProcess } from './run-process.js';
import { startServer } from './start-server.js';

/** `npm run start:prod`: the server, and nothing that it could do without. */
export function serve(stop: AbortSignal): Promise<void> {
  return runProcess(stop, 'serving', async (configuration, logger, shutdown) => {
    if (!isLlmConfigured(configuration.llm)) {
      throw new ConfigurationError([
        'LLM_WEBSOCKET_URL is missing: give the address of your LLM server, such as ws://127.0.0.1:8080/chat, ' +
          'or that of a file with several in LLM_CONFIG',
      ]);
    }
    const { url, database } = await startServer(configuration, logger, shutdown, stop);
    logger.event('info', 'Parley is ready', { url, database });
  });
}
