import { clientOptions } from '../testing/client-setup.js';
import { testProtocol } from '../testing/test-protocol.js';
import { type LlmClientOptions, type RouteOptions } from './llm-options.js';
import { LlmClient } from './llm-client.js';
import { checkOptions, LlmOptionsError } from './options-check.js';

/** The mistakes that the check finds. */
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
      { retry: { maxRetries: 0, baseMs: 0 }, transport: { maxQueue: 0, pingTimeoutMs: Infinity } },
    ],
    [[['ws://h/']], { transport: { secureContext: undefined } }],
  ])('are accepted: %j %j', (routes, more) => {
    expect(mistakesOf(routes, more)).toEqual([]);
  });

  it('are reported with every mistake at once and without an address', () => {
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
      'timeouts.totalMs: must be a number of at least 1',
      'retry.maxRetries: must be a number of at least 0',
      'breaker.failures: must be a number of at least 1',
      'transport.maxConnections: must be a number of at least 1',
      'transport.maxQueue: must be a number of at least 0',
      'options.maxAnswerChars: must be a number of at least 1',
    ]);
    expect(mistakesOf([])).toEqual(['routes: at least one is needed']);
  });

  it('make the constructor of the client throw an error without secrets', () => {
    const create = () => new LlmClient(clientOptions([['ws://user:password@:1:2']]));
    expect(create).toThrow(LlmOptionsError);
    expect(create).toThrow(/^(?!.*password)/s);
  });

  it('must name a known protocol and set its variables', () => {
    const protocol = { ...testProtocol, variables: { app: {}, key: { secret: true }, n: { default: 1 } } };
    const [route] = clientOptions([['ws://h/']]).routes;
    const mistakes = (more: Partial<RouteOptions>) =>
      mistakesOf([], { routes: [{ ...route!, ...more }], protocols: [protocol] });
    const variables = (given: Record<string, string>) => ({
      protocol: 'named',
      credentials: { apiVersion: 'v1', clientId: 'c', variables: given },
    });
    expect(mistakes({ protocol: 'guide' })).toEqual([]);
    expect(mistakes({ protocol: 'nmaed' })).toEqual(['routes[0].protocol: no protocol is named nmaed']);
    expect(mistakes(variables({ app: 'a', key: 'k' }))).toEqual([]);
    expect(mistakes(variables({ app: 'a', apk: 'k' }))).toEqual([
      'routes[0].credentials.variables.key is missing: named needs it',
      'routes[0].credentials.variables.apk is not known to named',
    ]);
    expect(mistakes({ requestsPerConnection: 0 })).toEqual([
      'routes[0].requestsPerConnection: must be a number of at least 1',
    ]);
  });
});
