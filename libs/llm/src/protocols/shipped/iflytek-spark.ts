import { type ProtocolDescription } from '../description/description.js';

/** iFLYTEK's Spark. The address is signed at each connect, and each answer has its own connection. */
export const iflytekSpark: ProtocolDescription = {
  name: 'iflytek-spark',
  variables: {
    app_id: null,
    api_secret: { secret: true },
    domain: 'generalv3.5',
  },
  address: { path: '/v3.5/chat', sign: 'iflytek' },
  request: {
    send: {
      header: { app_id: '{{var.app_id}}', uid: 'parley' },
      parameter: {
        chat: { domain: '{{var.domain}}', temperature: '{{temperature}}', max_tokens: '{{max_tokens}}' },
      },
      payload: { message: { text: '{{messages}}' } },
    },
  },
  // Errors also have the status of an end.
  error: {
    when: { 'header.code': { not: 0 } },
    code: 'header.code',
    message: 'header.message',
    codes: {
      '10007': 'overloaded',
      '10008': 'overloaded',
      '10010': 'overloaded',
      '10110': 'overloaded',
      '10163': 'invalid_request',
      '10003': 'invalid_request',
      '10004': 'invalid_request',
      '10005': 'invalid_request',
      '10907': 'context_length_exceeded',
      '10013': 'content_policy_violation',
      '10014': 'content_policy_violation',
      '10019': 'content_policy_violation',
      '11200': 'unauthorized',
      '11201': 'rate_limited',
      '11202': 'rate_limited',
      '11203': 'rate_limited',
    },
  },
  end: { when: { 'header.status': 2 }, piece: 'payload.choices.text.0.content' },
  delta: { text: 'payload.choices.text.0.content' },
  usage: {
    input: 'payload.usage.text.prompt_tokens',
    output: 'payload.usage.text.completion_tokens',
    total: 'payload.usage.text.total_tokens',
  },
  connection: { reuse: 'answer' },
};
