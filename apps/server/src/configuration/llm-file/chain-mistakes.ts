import { type Mistake } from '../yaml-file/mistake.js';
import { childOf, shownPointer, type Pointer } from '../yaml-file/pointer.js';
import { listAt, partOf } from './parts.js';

/** Limits that apply unless the file sets them, in seconds. */
export interface OuterLimits {
  total: number;
  retryMax: number;
  breakerMaxOpen: number;
}

/** Contradictions between parts of the file, which a JSON schema cannot find. Ignores parts that are invalid by themselves. */
export function chainMistakes(value: unknown, limits: OuterLimits): Mistake[] {
  return [...repetitions(value), ...excesses(value, limits)];
}

/** Names of several routes, and addresses that a route contains twice. */
function repetitions(value: unknown): Mistake[] {
  const routes = listAt(value, 'routes');
  const names = routes.map((route) => partOf(route, 'name'));
  return routes.flatMap((route, index) => {
    const at = childOf('/routes', index);
    const addresses = listAt(route, 'endpoints').map((endpoint) =>
      hrefOf(partOf(endpoint, 'url') ?? endpoint),
    );
    return [
      ...repeated(names, index, (first) => ({
        at: `${at}/name`,
        message: `is the name of routes[${first}]`,
      })),
      ...addresses.flatMap((_, endpoint) =>
        repeated(addresses, endpoint, (first) => ({
          at: `${at}/endpoints/${endpoint}`,
          message: `is the address of endpoints[${first}]; set its weight if it can take more requests`,
        })),
      ),
    ];
  });
}

function repeated(values: readonly unknown[], index: number, mistake: (first: number) => Mistake): Mistake[] {
  const first = values.indexOf(values[index]);
  return typeof values[index] === 'string' && first < index ? [mistake(first)] : [];
}

function excesses(value: unknown, { total, retryMax, breakerMaxOpen }: OuterLimits): Mistake[] {
  const rules: readonly [lesser: Pointer, greater: Pointer, otherwise: number][] = [
    ['/timeouts/connect', '/timeouts/total', total],
    ['/timeouts/first_token', '/timeouts/total', total],
    ['/timeouts/idle', '/timeouts/total', total],
    ['/timeouts/queue', '/timeouts/total', total],
    ['/retry/base', '/retry/max', retryMax],
    ['/breaker/open', '/breaker/max_open', breakerMaxOpen],
  ];
  return rules.flatMap(([at, greater, otherwise]) => {
    const [number, limit = otherwise] = [numberAt(value, at), numberAt(value, greater)];
    return number !== undefined && number > limit
      ? [{ at, message: `must not exceed ${shownPointer(greater)}, which is ${limit}` }]
      : [];
  });
}

function hrefOf(address: unknown): string | undefined {
  return typeof address === 'string' ? URL.parse(address)?.href : undefined;
}

function numberAt(value: unknown, pointer: Pointer): number | undefined {
  const found = pointer.split('/').slice(1).reduce(partOf, value);
  return typeof found === 'number' ? found : undefined;
}
