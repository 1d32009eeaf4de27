import { type Mistake } from '../yaml-file/mistake.js';
import { childOf, shownPointer, type Pointer } from '../yaml-file/pointer.js';
import { listAt, partOf } from './parts.js';

/** Limits that hold where the file says nothing else, in seconds. */
export interface OuterLimits {
  total: number;
  retryMax: number;
  breakerMaxOpen: number;
}

/** What no schema can say: what contradicts another part of the file. Parts that are wrong by themselves are left out. */
export function chainMistakes(value: unknown, limits: OuterLimits): Mistake[] {
  return [...repetitions(value), ...excesses(value, limits)];
}

/** Names that two routes have, and addresses that a route has twice. */
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
      ...addresses.flatMap((_, place) =>
        repeated(addresses, place, (first) => ({
          at: `${at}/endpoints/${place}`,
          message: `is the address of endpoints[${first}]; give that one a weight if it can take more`,
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
    const [asked, most = otherwise] = [numberAt(value, at), numberAt(value, greater)];
    return asked !== undefined && asked > most
      ? [{ at, message: `must not exceed ${shownPointer(greater)}, which is ${most}` }]
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
