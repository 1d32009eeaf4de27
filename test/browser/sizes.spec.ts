import { type BrowserContextOptions } from 'playwright-core';
import { describePage } from './describe-page.js';

const wide = `| ${Array.from({ length: 12 }, (_, at) => `a wide column ${at}`).join(' | ')} |
|${' --- |'.repeat(12)}
|${' 1 |'.repeat(12)}

\`\`\`ts
const long = '${'x'.repeat(300)}';
\`\`\`

${'unbroken'.repeat(40)}

The end.`;

const phone = { isMobile: true, hasTouch: true };
const layouts: [string, BrowserContextOptions][] = [
  ['with a dark theme', { colorScheme: 'dark' }],
  ['with a light theme', { colorScheme: 'light' }],
  ['on a small phone', { ...phone, viewport: { width: 320, height: 568 } }],
  ['on a phone with a dark theme', { ...phone, viewport: { width: 390, height: 780 }, colorScheme: 'dark' }],
  ['at 200 % zoom', { viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 }],
  ['at 400 % zoom', { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 }],
  ['on a large screen', { viewport: { width: 2_560, height: 1_300 } }],
];

describePage(
  'the layout',
  (fixture) => {
    it.each(layouts)('fits and has no accessibility violations %s', async (_, options) => {
      const { stack } = fixture;
      stack.mock.behave({ reply: wide });
      const tab = await fixture.open(stack.url, options);
      await tab.shows('What shall we talk about?');
      const seen = [[await tab.isTooWide(), await tab.violations()]];
      await tab.send('Hello?');
      await tab.hasAnswers(1);
      await tab.page.locator('.hljs-keyword').waitFor();
      seen.push([await tab.isTooWide(), await tab.violations()]);
      const opener = tab.page.getByRole('button', { name: 'Show conversations' });
      if (await opener.isVisible()) {
        await opener.click();
        await tab.page.getByRole('link', { name: 'Hello?' }).first().waitFor();
        seen.push([await tab.isTooWide(), await tab.violations()]);
        await tab.press('Hide conversations');
      }
      expect(seen).toEqual(seen.map(() => [false, []]));
      // At any size, the question can be scrolled into view and the message box can be used.
      await tab.page.getByText('Hello?').first().scrollIntoViewIfNeeded();
      await tab.page.getByLabel('Message', { exact: true }).click();
    });

    it('shows the LLM servers on touch', async () => {
      const tab = await fixture.open(fixture.stack.url, { ...phone, viewport: { width: 390, height: 780 } });
      await tab.page.getByRole('button', { name: 'LLM ready' }).tap();
      await tab.shows('ws://');
      expect(await tab.violations()).toEqual([]);
    });

    it('keeps the selected theme', async () => {
      const tab = await fixture.open();
      const background = (): Promise<string> =>
        tab.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
      const light = await background();
      await tab.press('Theme: System');
      await tab.press('Theme: Light');
      const dark = await background();
      expect(dark).not.toBe(light);
      await tab.page.reload();
      await tab.page.getByRole('button', { name: 'Theme: Dark' }).waitFor();
      expect(await background()).toBe(dark);
    });

    it('has no animations if the user prefers reduced motion', async () => {
      const tab = await fixture.open();
      await tab.send('Hello?');
      await tab.hasAnswers(1);
      const moving = await tab.page.evaluate<number>(
        'document.getAnimations().filter(({ effect }) => effect.getComputedTiming().activeDuration > 1).length',
      );
      expect(moving).toBe(0);
    });
  },
  { opensTab: false },
);
