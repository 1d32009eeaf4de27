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
import { Place, ProtocolDescriptionError, type DescriptionMistake } from './mistakes.js';
import { connectionPlaceholders, requestPlaceholders, type DeclaredNames } from './placeholders.js';
import { compileFrames } from './template.js';

/**
 * Makes a protocol of a description that fits the schema. What it says is looked at once, here; nothing of it is ever
 * run as code or as a regular expression.
 * @throws ProtocolDescriptionError with every mistake that no schema can see
 */
export function compileProtocol(description: ProtocolDescription): LlmProtocol {
  const found: DescriptionMistake[] = [];
  const protocol = compileAt(description, new Place('', found));
  if (found.length > 0) throw new ProtocolDescriptionError(found);
  return protocol;
}

function compileAt(description: ProtocolDescription, place: Place): LlmProtocol {
  const names = declaredNames(description);
  const { name, request, correlation } = description;
  let namesModel = false;
  const plainly = connectionPlaceholders(names);
  const forConnections: typeof plainly = (placeholder, at) => {
    namesModel ||= placeholder === 'model';
    return plainly(placeholder, at);
  };
  const conversation = conversationPlaceholders(request ?? { send: '' }, place.at('request'));
  const forRequests = requestPlaceholders(names, conversation, correlation?.ids === 'number');
  const readFrame = compileFrameReader(description, place);
  const errorIn = compileErrors(description.error, place.at('error'));
  const address = compileAddress(description, place.at('address'), forConnections);
  const handshake = compileHandshake(description, place.at('handshake'), forConnections, readFrame, errorIn);
  if (request === undefined) place.at('request').wrong('is missing');
  if (description.delta === undefined && description.end === undefined) {
    place.at('delta').wrong('is missing, and so is end: nothing says where the answer is');
  }
  const encode = compileFrames(request?.send ?? '', place.at('request').at('send'), forRequests);
  const stop = compileCancel(description, place.at('cancel').at('send'), forRequests);
  return {
    name,
    connection: compileConnection(description, place, namesModel, plainly),
    limits: limitsOf(description),
    emptyAnswer: description.empty_answer,
    variables: variablesOf(description),
    secrets: fixedSecrets(description),
    ...address,
    ...(handshake === undefined ? {} : { handshake }),
    encode: (asked, context) => encode({ request: asked, context }),
    decode: compileDecode(description, place, readFrame, errorIn, forRequests),
    ...(stop === undefined ? {} : { cancel: stop }),
  };
}

function declaredNames({ variables = {}, handshake = [], request }: ProtocolDescription): DeclaredNames {
  const learns = [
    ...handshake.map((step) => ('learn' in step ? step.learn : undefined)),
    ...(request?.then ?? []).map(({ learn }) => learn),
  ];
  return {
    variables: Object.keys(variables),
    learned: learns.flatMap((learn) => Object.keys(learn ?? {})),
  };
}
