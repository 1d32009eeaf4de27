/**
 * Aborts on SIGINT or SIGTERM; a second signal exits with 1 immediately. This file imports nothing, so that it handles
 * signals before the rest of the server is loaded.
 */
export function stopSignals(): AbortSignal {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort(new Error(`stopped by ${signal}`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return stopping.signal;
}
