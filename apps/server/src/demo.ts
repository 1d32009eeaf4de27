import { stopSignals } from './start/stop-signals.js';

/** The server as a newcomer starts it. */
const stop = stopSignals();
const { serveDemo } = await import('./start/serve-demo.js');
await serveDemo(stop);
