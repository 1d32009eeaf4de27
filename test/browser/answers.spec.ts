import { describePage } from './describe-page.js';
import { endless, slow, words } from './replies.js';

describePage('answers', (fixture) => {
  it('appear word by word, and have no accessibility violations', async () => {
    const { stack, tab } = fixture;
    expect(await tab.violations()).toEqual([]);
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    expect((await tab.answers())[0]).not.toContain('word120');
    expect(await tab.violations()).toEqual([]);
    await tab.shows(/\d+ tokens/);
    await tab.shows('default');
    await tab.hasAnswerTexts([words(120)]);
    expect(await tab.violations()).toEqual([]);
  });

  it('are announced to screen readers at their start and end only', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave({ reply: words(40), tokensPerSecond: 30 });
    await tab.page.evaluate(`
      announced = [];
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const live = target.parentElement?.closest('[aria-live], [role=status], [role=alert], [role=log]');
          if (live && live.getAttribute('aria-live') !== 'off') announced.push(target.textContent);
        }
      }).observe(document.body, { subtree: true, characterData: true });
    `);
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    const announced = await tab.page.evaluate<string[]>('announced');
    expect(announced.filter((text) => text !== 'Sending …')).toEqual([
      'Generating an answer.',
      `Answer: ${words(40)}`,
    ]);
  });

  it('can be stopped, and keep their partial text', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave(endless);
    await tab.send('Hello?');
    await tab.shows('word3');
    await tab.press('Stop');
    await tab.shows('Stopped.');
    await stack.mock.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned', 10_000);
    const [answer] = await tab.answers();
    expect(answer).toMatch(/^word1 word2 word3\b/);
    expect(endless.reply!.startsWith(answer!)).toBe(true);
    expect(await tab.violations()).toEqual([]);
  });

  it('start over on another endpoint, and show the reason', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave({ ...slow, afterTokens: 5, cut: 'reset' });
    stack.mocks[1]!.behave({ reply: 'Another answer.' });
    await tab.send('Hello?');
    await tab.shows(/^Started over 2 times, now at ws:/);
    await tab.hasAnswers(1);
    await tab.page.locator('.chip', { hasText: 'Fallback' }).waitFor();
    await tab.hasAnswerTexts(['Another answer.']);
    await tab.shows('Details');
    await tab.page.getByText('Details').click();
    await tab.page.locator('tbody tr').nth(2).waitFor();
    expect(await tab.violations()).toEqual([]);
  });

  it('that failed can be generated again', async () => {
    const { stack, tab } = fixture;
    for (const mock of stack.mocks) mock.behave({ errorCode: 'invalid_request' });
    await tab.send('Hello?');
    await tab.shows('No answer.');
    expect(await tab.violations()).toEqual([]);
    await stack.mock.reset();
    stack.mock.behave({ reply: 'This one works.' });
    await tab.press('Try again');
    await tab.shows('This one works.');
    await tab.shows('2 of 2');
  });

  it('are rated once, with the same rating in all tabs', async () => {
    const { tab } = fixture;
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    await tab.press('Good answer');
    const pressed = tab.page.locator('button[aria-pressed=true]');
    await pressed.waitFor();
    const other = await fixture.open(tab.page.url());
    await other.page.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
    await other.press('Bad answer');
    await tab.page.reload();
    await tab.page.getByRole('button', { name: 'Bad answer', pressed: true }).waitFor();
    expect(await pressed.count()).toBe(1);
  });

  it('continue while another conversation is open, and the list shows when they have finished', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave({ reply: words(60), tokensPerSecond: 15 });
    await tab.send('The slow one');
    await tab.shows('word3');
    await tab.page.getByRole('link', { name: 'New conversation' }).click();
    const row = tab.page.locator('.row', { hasText: 'The slow one' });
    await row.locator('.working').waitFor();
    await tab.hasAnswerTexts([]);
    await row.locator('.working').waitFor({ state: 'detached' });
    await row.getByRole('link').click();
    await tab.hasAnswers(1);
    await tab.hasAnswerTexts([words(60)]);
  });
});
