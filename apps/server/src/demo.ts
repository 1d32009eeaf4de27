import { stopSignals } from './start/stop-signals.js';

/** Entry point of `npm start`: the server, with a mock LLM server if none is configured. */
const stop = stopSignals();
const { serveDemo } = await import('./start/serve-demo.js');
await serveDemo(stop);
