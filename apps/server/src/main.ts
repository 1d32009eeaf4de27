import { ConfigurationError } from './configuration/index.js';
import { runProcess } from './start/run-process.js';
import { startServer } from './start/start-server.js';

/** The server by itself: it refuses to start without an LLM to ask. */
await runProcess(async (configuration, logger, shutdown, signal) => {
  if (configuration.llm.urls.length === 0) {
    throw new ConfigurationError([
      'LLM_WEBSOCKET_URL is not set: give the address of your LLM server, such as ws://127.0.0.1:8080/chat',
    ]);
  }
  const { url, database } = await startServer(configuration, logger, shutdown, signal);
  logger.event('info', 'Parley is ready', { url, database });
});
