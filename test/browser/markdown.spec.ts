import { describePage } from './describe-page.js';

const hostile = [
  '<img src=x onerror="document.title=1"><script>document.title=1</script>',
  '[a link](javascript:document.title=1) [data](data:text/html,x) ![a picture](http://192.0.2.1/p.png)',
  '<iframe src="http://192.0.2.1"></iframe> <style>*{display:none}</style> <b onclick="x()">bold</b>',
  '[](javascript:x) <svg onload=document.title=1> `<img src=x>` [x]: http://192.0.2.1 "onerror=x"',
  '```html\n<img src=x onerror=document.title=1>\n```',
  'The end.',
].join('\n\n');

const rich = [
  '# A heading\n\nWith **bold** words, a [link](https://example.org/a) and `code`.',
  '| Left | Right |\n| --- | ---: |\n| a | 1 |',
  '7. Seven\n8. Eight',
  'The sum $\\sum_{i=1}^n i$ and \\(\\frac{a}{b}\\):\n\n$$\n\\sqrt{2}\n$$\n\n$\\nosuchthing$ stays, as do $5 and $10.',
  '1. مرحبا\n2. Hello\n\nשלום עולם',
  '```typescript\nconst answer: number = 42;\n```',
  'The end.',
].join('\n\n');

describePage('Markdown', (fixture) => {
  it('runs no script and loads nothing that an answer contains', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave({ reply: hostile, tokensPerSecond: 400 });
    await tab.send('Hello?');
    await tab.shows('The end.');
    await tab.hasAnswers(1);
    expect(await tab.page.title()).not.toBe('1');
    const bad = tab.page.locator(
      'p-answer p-markdown :is(img, script, iframe, style, svg, b, [onerror], [onclick], [style], a:not([href^="http"]))',
    );
    expect(await bad.count()).toBe(0);
    const [answer] = await tab.answers();
    for (const shown of ['<script>document.title=1</script>', '<b onclick="x()">bold</b>', 'a picture']) {
      expect(answer).toContain(shown);
    }
    expect(await tab.violations()).toEqual([]);
  });

  it.each([0, 60])('has the expected structure at %i tokens/s', async (tokensPerSecond) => {
    const { stack, tab } = fixture;
    stack.mock.behave({ reply: rich, tokensPerSecond });
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    const answer = tab.page.locator('p-answer');
    await answer.getByRole('heading', { name: 'A heading' }).waitFor();
    const link = answer.getByRole('link', { name: 'link' });
    expect(await link.getAttribute('href')).toBe('https://example.org/a');
    expect(await link.getAttribute('rel')).toContain('noopener');
    const cell = answer.getByRole('cell', { name: '1', exact: true });
    expect(await cell.getAttribute('align')).toBe('right');
    expect(await answer.locator('ol').first().getAttribute('start')).toBe('7');
    await answer.locator('article[aria-busy=false]').waitFor();
    expect(await answer.locator('.hljs-keyword', { hasText: 'const' }).count()).toBe(1);
    expect(await answer.locator('.formula.is-typeset .katex math').count()).toBe(3);
    const [shown] = await tab.answers();
    for (const source of ['$\\sum_{i=1}^n i$', '$$\n\\sqrt{2}\n$$', '$\\nosuchthing$', '$5 and $10']) {
      expect(shown).toContain(source);
    }
    const numerator = answer.locator('.katex-html .mfrac .mord.mathnormal', { hasText: 'a' });
    const denominator = answer.locator('.katex-html .mfrac .mord.mathnormal', { hasText: 'b' });
    const above = (await numerator.boundingBox())!;
    expect(above.y + above.height / 2).toBeLessThan((await denominator.boundingBox())!.y);
    const directions = (selector: string): Promise<string[]> =>
      tab.page.evaluate(
        `[...document.querySelectorAll('p-answer ${selector}')].map((part) => getComputedStyle(part).direction)`,
      );
    expect(await directions('ol')).toEqual(['ltr', 'rtl']);
    expect((await directions('.block > p')).filter((direction) => direction === 'rtl')).toHaveLength(1);
    expect(await tab.violations()).toEqual([]);
  });

  it('is copied: a block of code, an answer, and a question', async () => {
    const { stack } = fixture;
    const tab = await fixture.open(stack.url, { permissions: ['clipboard-read', 'clipboard-write'] });
    const copied = (): Promise<string> => tab.page.evaluate('navigator.clipboard.readText()');
    stack.mock.behave({ reply: rich });
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    await tab.press('Copy code');
    await tab.page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await copied()).toBe('const answer: number = 42;\n');
    await tab.page.locator('p-answer').getByRole('button', { name: 'Copy', exact: true }).click();
    await tab.page.locator('p-answer p-copy-button').getByRole('button', { name: 'Copied' }).waitFor();
    expect(await copied()).toBe(rich);
    await tab.page.locator('p-user-message').getByRole('button', { name: 'Copy', exact: true }).click();
    await tab.page.locator('p-user-message').getByRole('button', { name: 'Copied' }).waitFor();
    expect(await copied()).toBe('Hello?');
    await tab.page.keyboard.press('Control+Shift+L');
    await tab.page.locator('.notice', { hasText: 'Copied' }).waitFor();
    expect(await copied()).toBe(rich);
  });
});
