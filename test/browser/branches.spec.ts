import { describePage } from './describe-page.js';
import { type Tab } from './tab.js';

/** Presses a button of the message with that text. */
async function pressAt(tab: Tab, text: string, name: string): Promise<void> {
  const message = tab.page.locator('.message', { hasText: text });
  await message.getByRole('button', { name, exact: true }).click();
}

describePage('branches', (fixture) => {
  it('start with an edited message; both versions are kept', async () => {
    const { stack, tab } = fixture;
    await tab.send('First?');
    await tab.hasAnswers(1);
    stack.mock.behave({ reply: 'Of the branch.' });
    await tab.press('Edit');
    expect(await tab.violations()).toEqual([]);
    await tab.page.getByLabel('Edit your message').fill('Second?');
    await tab.press('Send as a new branch');
    await tab.shows('Of the branch.');
    await tab.shows('2 of 2');
    expect(await tab.violations()).toEqual([]);
    await pressAt(tab, 'Second?', 'Previous version');
    await tab.shows('First?');
    await tab.hasAnswerTexts(['An answer.']);
    await tab.page.reload();
    await tab.shows('2 of 2');
    await tab.hasQuestions(['Second?']);
    await tab.hasAnswerTexts(['Of the branch.']);
  });

  it('start with a regenerated answer; the user switches between the versions and continues either', async () => {
    const { stack, tab } = fixture;
    await tab.send('First?');
    await tab.hasAnswers(1);
    stack.mock.behave({ reply: 'Another one.' });
    await tab.press('Regenerate');
    await tab.shows('Another one.');
    await tab.shows('2 of 2');
    await tab.hasAnswerTexts(['Another one.']);
    await pressAt(tab, 'Another one.', 'Previous version');
    await tab.shows('1 of 2');
    await tab.hasAnswerTexts(['An answer.']);
    stack.mock.behave({ reply: 'After the first one.' });
    await tab.send('And then?');
    await tab.shows('After the first one.');
    await pressAt(tab, '1 of 2', 'Next version');
    await tab.shows('Another one.');
    await tab.hasQuestions(['First?']);
    await pressAt(tab, '2 of 2', 'Previous version');
    await tab.shows('After the first one.');
    await tab.hasAnswerTexts(['An answer.', 'After the first one.']);
    expect(await tab.violations()).toEqual([]);
  });
});
