import { decodeGuideFrame } from './guide-frames.js';
import { encodeGuideRequest } from './guide-request.js';
import { type LlmCredentials } from './protocol-context.js';
import { type LlmProtocol } from './protocol.js';

/** The default protocol: a JSON request, and a JSON response or a stream of chunks and a final frame. */
export const guideProtocol = {
  name: 'guide',
  connection: { offersIds: true },
  headers: (credentials: LlmCredentials) => ({
    ...(credentials.apiKey === undefined ? {} : { Authorization: `Bearer ${credentials.apiKey}` }),
    'X-API-Version': credentials.apiVersion,
    'X-Client-ID': credentials.clientId,
  }),
  encode: encodeGuideRequest,
  decode: decodeGuideFrame,
} satisfies LlmProtocol;
