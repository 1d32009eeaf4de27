import { type LlmProtocol } from '../protocol.js';
import { compileAddress } from './address.js';
import { compileConnection, limitsOf, variablesOf } from './connection-part.js';
import { conversationPlaceholders } from './conversation.js';
import { compileDecode } from './decode.js';
import { type ProtocolDescription } from './description.js';
import { compileErrors } from './error-rules.js';
import { compileCancel } from './exchange-rules.js';
import { fixedSecrets } from './fixed-secrets.js';
import { compileFrameReader } from './frame-reader.js';
import { compileHandshake } from './handshake.js';
import { Location, ProtocolDescriptionError, type DescriptionMistake } from './mistakes.js';
import {
  connectionPlaceholders,
  keepalivePlaceholders,
  requestPlaceholders,
  type ConnectionValues,
  type DeclaredNames,
} from './placeholders.js';
import { compileRequestFrames } from './request-parts.js';
import { withSentFrames } from './sent-frames.js';
import { compileSession } from './session.js';
import { withSocketIo } from './socket-io.js';
import { type Placeholders } from './template.js';

/**
 * Compiles a description that matches the schema into a protocol. No part of it is run as code or as a regular expression.
 * @throws ProtocolDescriptionError with every mistake that the schema does not detect
 */
export function compileProtocol(description: ProtocolDescription): LlmProtocol {
  const found: DescriptionMistake[] = [];
  const protocol = compileAt(description, new Location('', found));
  if (found.length > 0) throw new ProtocolDescriptionError(found);
  return protocol;
}

function compileAt(description: ProtocolDescription, location: Location): LlmProtocol {
  const names = declaredNames(description);
  const { name, request, correlation } = description;
  let namesModel = false;
  const ofConnection = connectionPlaceholders(names);
  const ofAddress: typeof ofConnection = (placeholder, at) => {
    namesModel ||= placeholder === 'model';
    return ofConnection(placeholder, at);
  };
  const conversation = conversationPlaceholders(request ?? { send: '' }, location.at('request'));
  let asksForStream = false;
  const requestValues = requestPlaceholders(names, conversation, correlation);
  const ofRequest: typeof requestValues = (placeholder, at) => {
    asksForStream ||= placeholder === 'stream';
    return requestValues(placeholder, at);
  };
  const readFrame = compileFrameReader(description, location);
  const errorIn = compileErrors(description.error, location.at('error'));
  const address = compileAddress(description, location.at('address'), ofAddress);
  const session = compileSession(description, location.at('session'), ofAddress);
  const handshake = compileHandshake(description, location.at('handshake'), ofAddress, readFrame, errorIn);
  if (request === undefined) location.at('request').report('is missing');
  if (description.delta === undefined && description.end === undefined) {
    location.at('delta').report('is missing, and so is end: one of them must contain the text of the answer');
  }
  const encode = compileRequestFrames(request ?? { send: '' }, location.at('request'), ofRequest);
  const stop = compileCancel(description, location.at('cancel').at('send'), ofRequest);
  const ends = [description.end ?? []].flat();
  // The text of a plain answer, which comes in no pieces, would not be read.
  const readsOnlyPieces = description.delta !== undefined && ends.every(({ text }) => text === undefined);
  const protocol: LlmProtocol = {
    name,
    connection: compileConnection(
      description,
      location,
      namesModel,
      keepalivePlaceholders(names, correlation?.ids === 'number'),
    ),
    limits: limitsOf(description),
    emptyAnswer: description.empty_answer,
    variables: variablesOf(description),
    secrets: fixedSecrets(description),
    ...address,
    ...(session === undefined ? {} : { session }),
    ...(handshake === undefined ? {} : { handshake }),
    encode: (toEncode, context) =>
      encode({ request: readsOnlyPieces ? { ...toEncode, stream: true } : toEncode, context }),
    decode: compileDecode(description, location, readFrame, errorIn, ofRequest),
    streamsAlways: description.delta !== undefined && (readsOnlyPieces || !asksForStream),
    ...(stop === undefined ? {} : { cancel: stop }),
  };
  return framed(protocol, description, location, ofAddress);
}

/** The protocol in packets of Socket.IO, or with separators after its frames, if the description says so. */
function framed(
  protocol: LlmProtocol,
  description: ProtocolDescription,
  location: Location,
  known: Placeholders<ConnectionValues>,
): LlmProtocol {
  const { framing, separator, socket_io } = description;
  if (framing === 'socket.io') {
    if (separator !== undefined) location.at('separator').report('is not possible with framing: socket.io');
    return withSocketIo(protocol, description, location, known);
  }
  if (socket_io !== undefined) location.at('socket_io').report('needs framing: socket.io');
  if (separator === undefined) return protocol;
  return withSentFrames(protocol, (frame) => (frame.endsWith(separator) ? frame : frame + separator));
}

function declaredNames({
  variables = {},
  session,
  handshake = [],
  request,
}: ProtocolDescription): DeclaredNames {
  const saved = [
    session?.learn,
    ...handshake.map((step) => ('learn' in step ? step.learn : undefined)),
    ...(request?.then ?? []).map(({ learn }) => learn),
  ];
  return {
    variables: Object.keys(variables),
    learned: saved.flatMap((learn) => Object.keys(learn ?? {})),
  };
}
