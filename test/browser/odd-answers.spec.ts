import { readMainThread, traceCategories } from '#testing';
import { type Browser, type Page } from 'playwright-core';
import { describePage } from './describe-page.js';
import { Tab } from './tab.js';

/** Maximum duration of a task on the main thread, in ms of CPU time. */
const maxTaskMs = 100;
const length = 200_000;
const repeated = (unit: string): string => unit.repeat(Math.ceil(length / unit.length));

/** Texts that are slow to parse, or that create many elements. */
const oddAnswers: Record<string, string> = {
  'emphasis without spaces': repeated('_a_'),
  'emphasis that never ends': repeated('**a'),
  'nested emphasis': repeated('*a **b '),
  'one run of spaces': `x${repeated(' ')}x`,
  'block quotes in block quotes': repeated('>'),
  'brackets that never close': repeated('['),
  'links that never end': repeated('[a]('),
  'links to nowhere': repeated('[a](<b'),
  'backticks of all lengths': Array.from({ length: 600 }, (_, at) => `${'`'.repeat(at)} `).join(''),
  'unclosed tags': repeated('<a '),
  'lists in lists': Array.from({ length: 600 }, (_, at) => `${'  '.repeat(at)}- a\n`).join(''),
  'a table of one row': `|${repeated('a|').slice(0, length / 2)}\n|${repeated('-|').slice(0, length / 2)}\n`,
  'a table of many rows': `| a | b |\n| --- | --- |\n${repeated('| *a* | **b** |\n')}`,
  'a list of many items': repeated('- item **a**\n'),
  'many paragraphs': repeated('a\n\n'),
  'a long line of code': `\`\`\`js\n${repeated('a')}\n\`\`\``,
  'much code': `\`\`\`js\n${repeated('const a = 1;\n')}\n\`\`\``,
  'code that is slow to highlight': `\`\`\`js\n${'/*'.repeat(9_000)}\n\`\`\``,
  'one word': repeated('a'),
  addresses: repeated('http://a.b/'),
  entities: repeated('&amp'),
  backslashes: repeated('\\'),
  'many formulas': repeated('$x^2$ and '),
  'formulas of many kinds': `${Array.from({ length: 300 }, (_, at) => `$$\\sqrt{\\frac{a}{${at}}}$$\n\n`).join('')}`,
  'formulas that never end': repeated('\\('),
  'a long formula': `$$${'\\frac{a}{b}'.repeat(250)}$$`,
};

/** The mock LLM ends an answer at the request's `max_tokens`. */
const environment = { LLM_MAX_TOKENS: '1000000' };

describePage(
  'unusual answers',
  (fixture) => {
    let tab: Tab;

    beforeAll(async () => {
      tab = await Tab.open(fixture.browser, fixture.stack.url);
    });
    afterAll(() => tab?.close());

    it.each(Object.entries(oddAnswers))('do not block the main thread: %s', async (_name, reply) => {
      fixture.stack.mock.behave({ reply: `${reply}\n\nThe end.`, tokensPerSecond: 0 });
      await tab.page.getByRole('link', { name: 'New conversation' }).click();
      await tab.page.locator('p-empty-chat').waitFor();
      const trace = await traced(fixture.browser, tab.page, async () => {
        await tab.send('Hello?');
        await tab.page.locator('p-answer article[aria-busy=false]').waitFor();
      });
      const end = `document.querySelector('p-answer p-markdown').textContent.trimEnd().slice(-8)`;
      expect(await tab.page.evaluate(end)).toBe('The end.');
      expect(readMainThread(trace).longestCpu).toBeLessThan(maxTaskMs);
      expect(tab.errors).toEqual([]);
    });
  },
  { stack: { environment }, ownBrowser: true, opensTab: false },
);

/** Records Chromium's trace of a page during `work`. It is stopped even if `work` fails, because the next test starts another. */
async function traced(browser: Browser, page: Page, work: () => Promise<void>): Promise<string> {
  await browser.startTracing(page, { categories: [...traceCategories] });
  const failure = await work().then(
    () => undefined,
    (error: Error) => error,
  );
  const trace = (await browser.stopTracing()).toString();
  if (failure !== undefined) throw failure;
  return trace;
}
