import { type ProtocolDescription } from '../description/description.js';

/**
 * Google's Gemini Live. The server remembers the messages of a connection, so a connection belongs to one conversation.
 * For models with audio output only, set `modality: AUDIO`: the answer is then the transcription.
 */
export const geminiLive: ProtocolDescription = {
  name: 'gemini-live',
  variables: { modality: 'TEXT' },
  address: {
    path: '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent',
    query: { key: '{{api_key}}' },
    headers: {},
  },
  handshake: [
    {
      send: {
        setup: {
          model: 'models/{{model}}',
          generationConfig: { responseModalities: ['{{var.modality}}'] },
          outputAudioTranscription: {},
        },
      },
    },
    { expect: { setupComplete: { present: true } } },
  ],
  request: {
    send: { clientContent: { turns: '{{messages}}', turnComplete: true } },
    roles: { assistant: 'model', system: 'user' },
    messages: { each: { role: '{{role}}', parts: [{ text: '{{text}}' }] } },
  },
  error: {
    when: { error: { present: true } },
    code: ['error.status', 'error.code'],
    message: 'error.message',
    codes: {
      INVALID_ARGUMENT: 'invalid_request',
      UNAUTHENTICATED: 'unauthorized',
      PERMISSION_DENIED: 'unauthorized',
      NOT_FOUND: 'model_not_found',
      RESOURCE_EXHAUSTED: 'rate_limited',
      UNAVAILABLE: 'overloaded',
      INTERNAL: 'internal_error',
    },
  },
  end: [
    {
      when: { 'serverContent.turnComplete': true },
      piece: ['serverContent.modelTurn.parts.*.text', 'serverContent.outputTranscription.text'],
    },
  ],
  delta: { text: ['serverContent.modelTurn.parts.*.text', 'serverContent.outputTranscription.text'] },
  usage: {
    input: 'usageMetadata.promptTokenCount',
    output: ['usageMetadata.responseTokenCount', 'usageMetadata.candidatesTokenCount'],
    total: 'usageMetadata.totalTokenCount',
  },
  finish_reason: 'serverContent.turnCompleteReason',
  close: { errors: { '1007': 'invalid_request', '1008': 'unauthorized', '1011': 'internal_error' } },
  connection: {
    reuse: 'conversation',
    binary: true,
    drain: { goAway: { present: true } },
  },
};
