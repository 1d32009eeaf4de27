import { addFields } from '../draft/request-templates.js';
import { isErrorResponse, missingFieldNames } from '../draft/error-responses.js';
import { type RawExchange } from '../draft/raw-exchange.js';
import { type CheckedServer } from '../connection/checked-server.js';
import { type ProbeOptions } from './probes.js';
import { sendRawRequest } from './raw-request.js';

/** Most retries with fields that the server reports as missing. */
const maxRetries = 5;

/** Sends requests again with the fields that the server reports as missing. */
export async function retryWithMissingFields(
  server: CheckedServer,
  tried: readonly RawExchange[],
  options: ProbeOptions,
): Promise<RawExchange[]> {
  const retries: RawExchange[] = [];
  let last = tried.find(
    (exchange) =>
      typeof exchange.request === 'object' &&
      isErrorResponse(exchange) &&
      missingFieldNames(exchange).length > 0,
  );
  while (last !== undefined && retries.length < maxRetries) {
    const template = addFields(last.request, missingFieldNames(last));
    if (template === undefined) break;
    const { framing } = last;
    last = await sendRawRequest(
      server,
      { template, framing, silenceMs: options.waits.trialSilenceMs },
      options,
    );
    if (last === undefined) break;
    retries.push(last);
    if (last.received.length > 0 && !isErrorResponse(last)) break;
  }
  return retries;
}
