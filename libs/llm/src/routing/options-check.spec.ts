import { clientOptions } from '../testing/client-setup.js';
import { testProtocol } from '../testing/test-protocol.js';
import { type LlmClientOptions, type RouteOptions } from './llm-options.js';
import { LlmClient } from './llm-client.js';
import { checkOptions, LlmOptionsError } from './options-check.js';

/** What is said against these options. */
function mistakesOf(routes: readonly (readonly string[])[], more: Partial<LlmClientOptions> = {}): unknown {
  try {
    checkOptions(clientOptions(routes, more));
    return [];
  } catch (error) {
    return (error as LlmOptionsError).mistakes;
  }
}

describe('the options of a client', () => {
  it.each([
    [[['ws://h/chat']], {}],
    [[['wss://user:password@h:1/chat?key=k', 'ws://[::1]/'], ['ws://other/']], {}],
    [
      [['ws://h/']],
      { retry: { maxRetries: 0, baseMs: 0 }, transport: { maxQueue: 0, deadAfterMs: Infinity } },
    ],
    [[['ws://h/']], { transport: { secureContext: undefined } }],
  ])('may be %j %j', (routes, more) => {
    expect(mistakesOf(routes, more)).toEqual([]);
  });

  it('are all judged at once, without showing an address', () => {
    const routes = [[], ['http://h/', 'ws://user:password@:1:2', 'ws://h/#part', 'ws://h/']];
    const more = {
      timeouts: { totalMs: 0 },
      retry: { maxRetries: -1 },
      breaker: { failures: NaN },
      transport: { maxConnections: 0, maxQueue: -1 },
      maxAnswerChars: 0,
    };
    expect(mistakesOf(routes, more)).toEqual([
      'routes[0].endpoints: at least one is needed',
      'routes[1].endpoints[0]: must be a ws: or wss: address without a fragment',
      'routes[1].endpoints[1]: must be a ws: or wss: address without a fragment',
      'routes[1].endpoints[2]: must be a ws: or wss: address without a fragment',
      'timeouts.totalMs: must be a number from 1 on',
      'retry.maxRetries: must be a number from 0 on',
      'breaker.failures: must be a number from 1 on',
      'transport.maxConnections: must be a number from 1 on',
      'transport.maxQueue: must be a number from 0 on',
      'options.maxAnswerChars: must be a number from 1 on',
    ]);
    expect(mistakesOf([])).toEqual(['routes: at least one is needed']);
  });

  it('stop the making of a client, and keep their secrets', () => {
    const make = () => new LlmClient(clientOptions([['ws://user:password@:1:2']]));
    expect(make).toThrow(LlmOptionsError);
    expect(make).toThrow(/^(?!.*password)/s);
  });

  it('name a protocol that there is, and give what it asks for', () => {
    const protocol = { ...testProtocol, variables: { app: {}, key: { secret: true }, n: { default: 1 } } };
    const [route] = clientOptions([['ws://h/']]).routes;
    const mistakes = (more: Partial<RouteOptions>) =>
      mistakesOf([], { routes: [{ ...route!, ...more }], protocols: [protocol] });
    const variables = (given: Record<string, string>) => ({
      protocol: 'named',
      credentials: { apiVersion: 'v1', clientId: 'c', variables: given },
    });
    expect(mistakes({ protocol: 'guide' })).toEqual([]);
    expect(mistakes({ protocol: 'nmaed' })).toEqual(['routes[0].protocol: there is none called nmaed']);
    expect(mistakes(variables({ app: 'a', key: 'k' }))).toEqual([]);
    expect(mistakes(variables({ app: 'a', apk: 'k' }))).toEqual([
      'routes[0].credentials.variables.key is missing: named needs it',
      'routes[0].credentials.variables.apk is not known to named',
    ]);
    expect(mistakes({ requestsPerConnection: 0 })).toEqual([
      'routes[0].requestsPerConnection: must be a number from 1 on',
    ]);
  });
});
