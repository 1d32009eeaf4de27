import OpenAI from 'openai';
import ts from 'typescript';
import { ParleyClient } from '#client';
import { Stack } from '../harness/stack.js';
import { type Block } from './blocks.js';
import { claimedBy } from './claims.js';

const blocks = claimedBy('test/documents/typescript.spec.ts');

/** The block that contains a text. */
function blockWith(text: string): Block {
  const found = blocks.filter((block) => block.text.includes(text));
  expect([text, found.length]).toEqual([text, 1]);
  return found[0]!;
}

/** JavaScript of a block, without its imports. */
function compiled({ text }: Block): string {
  const { outputText, diagnostics } = ts.transpileModule(text.replaceAll(/^import .*$/gm, ''), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    reportDiagnostics: true,
  });
  expect(diagnostics).toEqual([]);
  return outputText.replace('export {};', '');
}

/**
 * Runs a block.
 *
 * @param scope what its names mean
 * @param result an expression that is evaluated at its end
 */
async function run<T>(block: Block, url: string, scope: object, result: string): Promise<T> {
  const code = compiled(block).replaceAll('http://127.0.0.1:3001', url);
  const body = `return (async () => { ${code}\n return ${result}; })()`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the documents' own code
  const call = new Function(...Object.keys(scope), body) as (...values: unknown[]) => Promise<T>;
  return call(...(Object.values(scope) as unknown[]));
}

/** Real: the official OpenAI client, our client, the server, PostgreSQL, a mock LLM. */
describe('the TypeScript in documents', () => {
  let stack: Stack;
  let written: string;
  const stdout = { write: (text: string) => (written += text) };
  const scope = { OpenAI, ParleyClient, process: { stdout, env: {} } };
  const reply = 'Forty-two, as ever.';

  beforeAll(async () => {
    stack = await Stack.start();
  });
  beforeEach(() => {
    written = '';
    stack.mock.behave({ reply });
  });
  afterAll(() => stack?.stop());

  it('is all tested below', () => expect(blocks).toHaveLength(5));

  it("README's OpenAI client gets an answer", async () => {
    const block = blockWith('new OpenAI(');
    expect(await run(block, stack.url, scope, 'output_text')).toBe(reply);
  });

  it.each(['README.md', 'libs/client/README.md'])('the client of %s streams an answer', async (document) => {
    const block = blocks.find(
      (candidate) => candidate.document === document && candidate.text.includes('delta'),
    )!;
    await run(block, stack.url, scope, 'undefined');
    expect(written).toBe(reply);
  });

  it('the client follows a run from a position on', async () => {
    const parley = new ParleyClient({ baseUrl: stack.url });
    const { id } = await parley.createConversation();
    const first = parley.send(id, { content: 'hi' });
    for await (const event of first) if (event.type === 'message.delta') break;
    const { runId, position, text } = first;
    expect(reply.startsWith(text) && text !== '').toBe(true);
    const follow = blockWith('const later =');
    const later = await run<{ finished: () => Promise<unknown>; text: string }>(
      follow,
      stack.url,
      { ...scope, parley, runId, position, text },
      '{ finished: () => later.finished(), get text() { return later.text; } }',
    );
    await later.finished();
    expect(later.text).toBe(reply);
  });

  it('the hook for React sets the text as it grows', async () => {
    const parley = new ParleyClient({ baseUrl: stack.url });
    const { id } = await parley.createConversation();
    const sent = parley.send(id, { content: 'hi' });
    await sent.finished();
    const texts: string[] = [];
    const finished = Promise.withResolvers<void>();
    const hooks = {
      useState: (text: string) => [
        text,
        (next: string) => {
          if (texts.push(next) > 0 && next === reply) finished.resolve();
        },
      ],
      useEffect: (effect: () => () => void) => void finished.promise.then(effect()),
    };
    await run(
      blockWith('useEffect'),
      stack.url,
      { ...hooks, parley, id: sent.runId },
      'useAnswer(parley, id)',
    );
    await finished.promise;
    expect(texts.at(-1)).toBe(reply);
  });
});
