import { describePage } from './describe-page.js';
import { endless, slow, words } from './replies.js';

describePage('answers', (bench) => {
  it('are written word by word, and have no barrier for anybody', async () => {
    const { stack, tab } = bench;
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

  it('are announced at their beginning and their end, and not word by word', async () => {
    const { stack, tab } = bench;
    stack.mock.behave({ reply: words(40), tokensPerSecond: 30 });
    await tab.page.evaluate(`
      said = [];
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const live = target.parentElement?.closest('[aria-live], [role=status], [role=alert], [role=log]');
          if (live && live.getAttribute('aria-live') !== 'off') said.push(target.textContent);
        }
      }).observe(document.body, { subtree: true, characterData: true });
    `);
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    const said = await tab.page.evaluate<string[]>('said');
    expect(said.filter((text) => text !== 'Sending …')).toEqual([
      'An answer is being written.',
      `Answer: ${words(40)}`,
    ]);
  });

  it('stop when somebody wants it, and keep what there is', async () => {
    const { stack, tab } = bench;
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

  it('start over on another endpoint, and say so', async () => {
    const { stack, tab } = bench;
    stack.mock.behave({ ...slow, afterTokens: 5, cut: 'reset' });
    stack.mocks[1]!.behave({ reply: 'Another answer.' });
    await tab.send('Hello?');
    await tab.shows(/^Started over 2 times, now at ws:/);
    await tab.hasAnswers(1);
    await tab.page.locator('.chip', { hasText: 'Fallback' }).waitFor();
    await tab.hasAnswerTexts(['Another answer.']);
    await tab.shows('What happened');
    await tab.page.getByText('What happened').click();
    await tab.page.locator('tbody tr').nth(2).waitFor();
    expect(await tab.violations()).toEqual([]);
  });

  it('that there are not can be asked for again', async () => {
    const { stack, tab } = bench;
    for (const mock of stack.mocks) mock.behave({ errorCode: 'invalid_request' });
    await tab.send('Hello?');
    await tab.shows('There is no answer.');
    expect(await tab.violations()).toEqual([]);
    await stack.mock.reset();
    stack.mock.behave({ reply: 'Now there is.' });
    await tab.press('Try again');
    await tab.shows('Now there is.');
    await tab.shows('2 of 2');
  });

  it('are rated, once and for all tabs', async () => {
    const { tab } = bench;
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    await tab.press('Good answer');
    const pressed = tab.page.locator('button[aria-pressed=true]');
    await pressed.waitFor();
    const other = await bench.open(tab.page.url());
    await other.page.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
    await other.press('Bad answer');
    await tab.page.reload();
    await tab.page.getByRole('button', { name: 'Bad answer', pressed: true }).waitFor();
    expect(await pressed.count()).toBe(1);
  });

  it('go on being written while another conversation is open, and the list tells when they are over', async () => {
    const { stack, tab } = bench;
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
