/** A frame with one token of an answer, for each shipped protocol. */
export const ordinaryDeltas: Readonly<Record<string, string>> = {
  guide: JSON.stringify({ chunk: ' token' }),
  'openai-responses': JSON.stringify({
    type: 'response.output_text.delta',
    item_id: 'msg_68a1f2c3d4e5f60718293a4b5c6d7e8f',
    output_index: 0,
    content_index: 0,
    delta: ' token',
    logprobs: [],
    sequence_number: 42,
  }),
  'openai-realtime': JSON.stringify({
    type: 'response.output_text.delta',
    event_id: 'event_C1s2t3u4v5w6x7y8z9',
    response_id: 'resp_C1a2b3c4d5e6f7g8h9',
    item_id: 'item_C1i2j3k4l5m6n7o8p9',
    output_index: 0,
    content_index: 0,
    delta: ' token',
  }),
  'typed-events': JSON.stringify({ sender: 'bot', message: ' token', type: 'stream' }),
  'iflytek-spark': JSON.stringify({
    header: { code: 0, message: 'Success', sid: 'cht000704fa@dx16ade44e4d87a1c802', status: 1 },
    payload: { choices: { status: 1, seq: 7, text: [{ content: ' token', role: 'assistant', index: 0 }] } },
  }),
  'gemini-live': JSON.stringify({ serverContent: { modelTurn: { parts: [{ text: ' token' }] } } }),
};
