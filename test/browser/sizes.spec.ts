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

/** A window. Zooming makes it smaller in CSS pixels. */
interface Layout {
  name: string;
  viewport: { width: number; height: number };
  colorScheme: 'light' | 'dark';
}
const desktopLayouts: Layout[] = [
  { name: 'a dark theme', viewport: { width: 1_280, height: 720 }, colorScheme: 'dark' },
  { name: 'a light theme', viewport: { width: 1_280, height: 720 }, colorScheme: 'light' },
  { name: '200 % zoom', viewport: { width: 640, height: 360 }, colorScheme: 'light' },
  { name: '400 % zoom', viewport: { width: 320, height: 256 }, colorScheme: 'light' },
  { name: 'a large screen', viewport: { width: 2_560, height: 1_300 }, colorScheme: 'light' },
];
const phoneLayouts: Layout[] = [
  { name: 'a small phone', viewport: { width: 320, height: 568 }, colorScheme: 'light' },
  { name: 'a phone with a dark theme', viewport: { width: 390, height: 780 }, colorScheme: 'dark' },
];

describePage(
  'the layout',
  (fixture) => {
    it.each([
      ['windows and zoom levels', desktopLayouts, {}],
      ['phones', phoneLayouts, phone],
    ])(
      'fits and has no accessibility violations on %s',
      async (_, layouts, options: BrowserContextOptions) => {
        const { stack } = fixture;
        stack.mock.behave({ reply: wide });
        const tab = await fixture.open(stack.url, options);
        await tab.shows('What shall we talk about?');
        const seen: unknown[] = [];
        const show = async ({ viewport, colorScheme }: Layout): Promise<void> => {
          await tab.page.setViewportSize(viewport);
          await tab.page.emulateMedia({ colorScheme });
        };
        const check = async (what: string): Promise<void> => {
          seen.push([what, await tab.isTooWide(), await tab.violations()]);
        };
        for (const layout of layouts) {
          await show(layout);
          await check(`${layout.name}, empty`);
        }
        await tab.send('Hello?');
        await tab.hasAnswers(1);
        await tab.page.locator('.hljs-keyword').waitFor();
        for (const layout of layouts) {
          await show(layout);
          await check(`${layout.name}, with an answer`);
          const opener = tab.page.getByRole('button', { name: 'Show conversations' });
          if (await opener.isVisible()) {
            await opener.click();
            await tab.page.getByRole('link', { name: 'Hello?' }).first().waitFor();
            await check(`${layout.name}, with the list`);
            await tab.press('Hide conversations');
          }
          // The status of the LLM servers is open while the pointer is over it.
          await tab.page.mouse.move(1, 1);
          // At any size, the question can be scrolled into view and the message box can be used.
          await tab.page.locator('.question', { hasText: 'Hello?' }).scrollIntoViewIfNeeded();
          await tab.page.getByLabel('Message', { exact: true }).click();
        }
        expect(seen).toEqual(seen.map((entry) => [(entry as string[])[0], false, []]));
      },
    );

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
