import { type RunEvent } from '#chat';
import { type RunEvent as ClientRunEvent } from '../../libs/client/src/index.js';
import { Stack } from '../harness/stack.js';

/** A value after `JSON.stringify` and `JSON.parse`. */
type Parsed<T> = T extends Date
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Parsed<Item>[]
      : { [K in keyof T]: Parsed<T[K]> };
type Assert<Actual extends Expected, Expected> = Actual;
/** The members of all events, as `message.delta/offset`. */
type Members<E extends { type: string }> = E extends unknown ? `${E['type']}/${keyof E & string}` : never;

/** The compiler checks that the events of the server are those of `@parley/client` (`npm run types`). */
export type Contract = [
  Assert<Parsed<RunEvent>, ClientRunEvent>,
  Assert<Members<RunEvent>, Members<ClientRunEvent>>,
  Assert<Members<ClientRunEvent>, Members<RunEvent>>,
];

describe('events of a run', () => {
  it('are described in the OpenAPI document with the members that the server sends', async () => {
    const stack = await Stack.start();
    const { body } = await stack.call<{
      components: {
        schemas: Record<string, { required: string[]; properties: Record<string, { enum?: string[] }> }>;
      };
    }>('GET', '/openapi.json');
    const schemas = Object.entries(body.components.schemas).filter(([name]) => name.endsWith('Event'));
    const events = await stack.events('/api/chat', { message: 'hi' });
    for (const { event, data } of events) {
      const [, schema] = schemas.find(([, { properties }]) => properties.type?.enum?.includes(event))!;
      expect(Object.keys(data).toSorted()).toEqual(schema.required.toSorted());
    }
    expect(new Set(events.map(({ event }) => event))).toEqual(
      new Set(['run.started', 'message.created', 'message.delta', 'message.completed', 'run.finished']),
    );
    await stack.stop();
  });
});
