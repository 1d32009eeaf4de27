import { llmDefaults } from '#llm';
import { loadConfiguration } from '../configuration/index.js';
import { llmOptions } from './llm-options.js';

const optionsOf = (environment: Record<string, string>) =>
  llmOptions(loadConfiguration(environment, '/no/such/file').llm);

describe('llmOptions', () => {
  it('uses the defaults of the library for what is not configured', () => {
    const { routes, fallbackReply, ...options } = optionsOf({ LLM_WEBSOCKET_URL: 'ws://a/chat' });
    // Without proxies.
    const transport = { ...llmDefaults.transport, proxy: {} };
    expect({ ...options, maxAnswerChars: llmDefaults.maxAnswerChars }).toEqual({ ...llmDefaults, transport });
    expect(fallbackReply).toBeUndefined();
    expect(routes).toEqual([
      {
        name: 'primary',
        endpoints: [{ url: 'ws://a/chat', weight: 1 }],
        model: 'default',
        protocol: 'guide',
        requestsPerConnection: undefined,
        balancer: 'least_loaded',
        credentials: { apiKey: undefined, apiVersion: 'v1', clientId: 'chatbot-client', variables: {} },
      },
    ]);
  });

  it('passes the environment on', () => {
    const options = optionsOf({
      LLM_WEBSOCKET_URL: 'ws://a',
      LLM_FALLBACK_URLS: 'WSS://b',
      LLM_API_KEY: 'k',
      LLM_BALANCER: 'priority',
      LLM_HEDGING: 'true',
      LLM_QUEUE_TIMEOUT: '2',
      LLM_MULTIPLEX: 'true',
      LLM_MAX_QUEUE: '0',
      LLM_FALLBACK_REPLY: 'later',
    });
    expect(options).toMatchObject({
      routes: [
        { name: 'primary', balancer: 'priority', credentials: { apiKey: 'k' } },
        { name: 'fallback', balancer: 'priority', endpoints: [{ url: 'WSS://b' }] },
      ],
      fallbackReply: 'later',
      timeouts: { queueMs: 2000 },
      hedging: { isOn: true },
      transport: { requestsPerConnection: 32, maxQueue: 0 },
    });
    expect(options.transport?.secureContext).toBeDefined();
  });
});
