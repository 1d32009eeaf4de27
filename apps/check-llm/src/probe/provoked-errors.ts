import { describedProtocol, type ErrorRule, type ProtocolDescription, type Template } from '#llm';
import { isErrorFrame, isErrorResponse } from '../draft/error-responses.js';
import { type RawExchange } from '../draft/raw-exchange.js';
import { type CheckedServer } from '../connection/checked-server.js';
import { mapConcurrently } from './map-concurrently.js';
import { type ProbeOptions } from './probes.js';
import { sendRawRequest, type RawRequest } from './raw-request.js';
import { failingRequests, invalidFrame } from './requests.js';

/** Errors of a server of an unknown protocol. */
export interface ProvokedErrors {
  /** The error frames. */
  frames: readonly string[];
  /** The responses with an error. */
  exchanges: readonly RawExchange[];
}

/** Sends an invalid frame, and requests that usually fail, in the form that the server has answered. */
export async function provokedErrors(
  { request, opening, framing, isNumericId }: RawExchange,
  earlier: readonly RawExchange[],
  server: CheckedServer,
  options: ProbeOptions,
): Promise<ProvokedErrors> {
  const template: Template =
    opening.length === 0
      ? request
      : [...opening.map(({ send }) => send), ...(isFrames(request) ? request : [request])];
  const silenceMs = options.waits.invalidMs;
  const requests: RawRequest[] = [
    ...(framing === undefined ? [{ template: invalidFrame, silenceMs }] : []),
    ...failingRequests(options).map((question) => ({ template, question, framing, isNumericId, silenceMs })),
  ];
  const results = await mapConcurrently(
    requests.length,
    requests,
    (one) => sendRawRequest(server, one, options),
    () => false,
  );
  const responses = [...results.flatMap(({ result }) => result ?? []), ...earlier].filter(
    (one) => one.received.length > 0 && isErrorResponse(one),
  );
  const frames = responses.flatMap(({ received }) => {
    const errors = received.filter(isErrorFrame);
    return errors.length > 0 ? errors : received;
  });
  return { frames, exchanges: responses };
}

/** A list of frames, rather than one frame that is a list. */
function isFrames(request: Template): request is readonly Template[] {
  return Array.isArray(request);
}

/** The description with `followed_by_end` for errors after which the server has sent its end frame. */
export function withErrorEnds(
  description: ProtocolDescription,
  responses: readonly RawExchange[],
): ProtocolDescription {
  const rules: readonly ErrorRule[] = [description.error ?? []].flat();
  if (rules.length === 0) return description;
  const protocol = describedProtocol(description);
  const typeOf = (frame: string): string | undefined => protocol.decode(frame).event?.type;
  const isFollowed = responses.some(({ received }) => {
    const types = received.map(typeOf);
    return types.includes('error') && types.indexOf('end', types.indexOf('error')) > 0;
  });
  if (!isFollowed) return description;
  const error = rules.map((rule) => ({ ...rule, followed_by_end: true }));
  return { ...description, error: error.length === 1 ? error[0]! : error };
}
