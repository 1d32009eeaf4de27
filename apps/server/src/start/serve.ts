import { ConfigurationError, isLlmConfigured } from '../configuration/index.js';
import { runProcess } from './run-process.js';
import { startServer } from './start-server.js';

/** `npm run start:prod`: runs the server. @throws ConfigurationError if no LLM server is configured */
export function serve(stop: AbortSignal): Promise<void> {
  return runProcess(stop, 'serving', async (configuration, logger, shutdown) => {
    if (!isLlmConfigured(configuration.llm)) {
      throw new ConfigurationError([
        'LLM_WEBSOCKET_URL is missing: set it to the address of your LLM server, such as ws://127.0.0.1:8080/chat, ' +
          'or set LLM_CONFIG to the path of a file with several servers',
      ]);
    }
    const { url, database } = await startServer(configuration, logger, shutdown, stop);
    logger.event('info', 'Parley is ready', { url, database });
  });
}
