import { stopSignals } from './start/stop-signals.js';

/** The server by itself: it refuses to start without an LLM to ask. */
const stop = stopSignals();
const { serve } = await import('./start/serve.js');
await serve(stop);
