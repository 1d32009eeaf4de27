import { stopSignals } from './start/stop-signals.js';

/** Entry point of the server alone: it does not start without a configured LLM server. */
const stop = stopSignals();
const { serve } = await import('./start/serve.js');
await serve(stop);
