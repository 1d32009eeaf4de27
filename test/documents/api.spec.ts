import { type OpenAPIObject } from '@nestjs/swagger';
import { Stack } from '../harness/stack.js';
import { ApiDescription } from '../openapi/api-description.js';
import { textOf } from './blocks.js';
import { claimedBy } from './claims.js';
import { runScripts, type Call } from './curl-log.js';

const page = textOf('docs/api.md');
const blocks = claimedBy('test/documents/api.spec.ts');

/** The sections about one operation each: `POST /api/chat` → the status that the document promises. */
const promised = new Map(
  page.split(/^#{2,3} /m).flatMap((section) => {
    const operation = /^`([A-Z]+ \/\S*)`$/m.exec(section.split('\n')[0]!)?.[1];
    const status = Number(/^Response: (\d{3})\b/m.exec(section)?.[1]);
    return operation === undefined ? [] : [[operation, status] as const];
  }),
);

/** Whether a call is one of an operation such as `GET /api/runs/{id}`. */
function belongsTo(operation: string, { method, path }: Call): boolean {
  const [verb, template] = operation.split(' ') as [string, string];
  const pattern = template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/?]+');
  return method === verb && new RegExp(`^${pattern}(\\?|$)`).test(path);
}

/** Real: bash and curl, the server, PostgreSQL, a mock LLM as fast as that of `npm start`. */
describe('docs/api.md', () => {
  let stack: Stack;
  const scripts = blocks.filter(({ language }) => language === 'sh');
  let ran: { heading: string; output: string; calls: Call[] }[];

  beforeAll(async () => {
    stack = await Stack.start({ behavior: { tokensPerSecond: 40, serviceTimeMs: 150 } });
    const results = await runScripts(
      scripts.map(({ text }) => text),
      stack.url,
    );
    ran = results.map((result, at) => ({ heading: scripts[at]!.heading.replaceAll('`', ''), ...result }));
  }, 120_000);
  afterAll(() => stack?.stop());

  it('has a section for each operation of OpenAPI, and for no other', async () => {
    const { body } = await stack.call<OpenAPIObject>('GET', '/openapi.json');
    const operations = new ApiDescription(body)
      .operations()
      .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect([...promised.keys()].toSorted()).toEqual(operations.toSorted());
  });

  it('calls each operation with curl, and gets the status that it promises', () => {
    const got = [...promised.keys()].map((operation) => {
      const calls = ran.filter(({ heading }) => heading === operation).flatMap((script) => script.calls);
      return [operation, calls.find((call) => belongsTo(operation, call))?.status];
    });
    expect(Object.fromEntries(got)).toEqual(Object.fromEntries(promised));
  });

  it('shows no call that fails', () => {
    const calls = ran.flatMap((script) => script.calls);
    expect(calls.filter(({ status }) => status < 200 || status > 299)).toEqual([]);
    const written = scripts.flatMap(({ text }) => text.match(/\bcurl -/g) ?? []);
    expect(calls).toHaveLength(written.length);
  });

  it('shows the fields of an answer as they are, and an event as it is', () => {
    const [answer, streamed] = ran.filter(({ heading }) => heading === 'POST /api/chat');
    const shown = JSON.parse(blocks.find(({ language }) => language === 'json')!.text) as object;
    expect(Object.keys(JSON.parse(answer!.output) as object).toSorted()).toEqual(
      Object.keys(shown).toSorted(),
    );
    const event = blocks.find(({ language }) => language === 'text');
    const form = (text: string): string =>
      text
        .replaceAll(/:"(?!message\.delta)[^"]*"/g, ':""')
        .replaceAll(/\d+/g, '0')
        .trimEnd();
    const events = streamed!.output.split('\n\n').map(form);
    expect(events).toContain(form(event!.text));
  });

  it('has no other blocks', () => {
    const languages = blocks.map(({ language }) => language).filter((language) => language !== 'sh');
    expect(languages.toSorted()).toEqual(['json', 'text']);
  });

  it('names the events of a run that a stream has', () => {
    const [, streamed] = ran.filter(({ heading }) => heading === 'POST /api/chat');
    const events = new Set([...streamed!.output.matchAll(/^event: (\S+)$/gm)].map(([, name]) => name!));
    expect(events.size).toBeGreaterThan(3);
    expect([...events].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
