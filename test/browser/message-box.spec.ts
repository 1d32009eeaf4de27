import { describePage } from './describe-page.js';
import { endless, slow, words } from './replies.js';

describePage('the message box', (fixture) => {
  it('queues a message behind a running answer', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave(slow);
    await tab.send('First');
    await tab.shows('word3');
    stack.mock.behave({ reply: 'The second answer.' });
    await tab.write('Second');
    await tab.press('Queue');
    await tab.shows('Waiting for the previous answer');
    expect(await tab.violations()).toEqual([]);
    await tab.hasAnswers(2);
    await tab.hasAnswerTexts([words(120), 'The second answer.']);
  });

  it('interrupts a running answer', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave(endless);
    await tab.send('First');
    await tab.shows('word3');
    stack.mock.behave({ reply: 'The second answer.' });
    await tab.write('Second');
    expect(await tab.violations()).toEqual([]);
    await tab.press('Interrupt');
    await tab.hasAnswers(2);
    await tab.shows('Stopped.');
    const [first, second] = await tab.answers();
    expect(endless.reply!.startsWith(first!)).toBe(true);
    expect(second).toBe('The second answer.');
  });

  it('offers to queue or interrupt when another tab has a running answer', async () => {
    const { stack, tab } = fixture;
    await tab.send('First');
    await tab.hasAnswers(1);
    stack.mock.behave(endless);
    const other = await fixture.open(tab.page.url());
    await other.hasAnswers(1);
    await other.send('Second');
    await other.shows('word3');
    await tab.send('Third');
    await tab.shows('Another answer is being generated in this conversation, perhaps in another window.');
    expect(await tab.violations()).toEqual([]);
    stack.mock.behave({ reply: 'The third answer.' });
    await tab.press('Stop the other answer and send');
    await tab.shows('The third answer.');
    await other.shows('Stopped.');
  });

  it('keeps a draft per conversation across a reload', async () => {
    const { stack, tab } = fixture;
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    await tab.write('Half a thou');
    await tab.page.getByRole('link', { name: 'New conversation' }).click();
    const box = tab.page.getByLabel('Message', { exact: true });
    await tab.shows('What shall we talk about?');
    expect(await box.inputValue()).toBe('');
    await tab.write('Something new');
    await tab.page.reload();
    await tab.shows('What shall we talk about?');
    expect(await box.inputValue()).toBe('Something new');
    await tab.page.getByRole('link', { name: 'Hello?' }).click();
    await tab.shows('An answer.');
    expect(await box.inputValue()).toBe('Half a thou');
    expect(stack.mock.requests).toHaveLength(1);
  });

  it('keeps text that is typed while the first message is being sent', async () => {
    const { tab } = fixture;
    const isRequested = Promise.withResolvers<void>();
    const mayContinue = Promise.withResolvers<void>();
    await tab.page.route('**/api/conversations', async (route) => {
      if (route.request().method() === 'POST') {
        isRequested.resolve();
        await mayContinue.promise;
      }
      await route.continue();
    });
    await tab.send('Hello?');
    await isRequested.promise;
    await tab.write('And one more');
    mayContinue.resolve();
    await tab.hasAnswers(1);
    expect(await tab.page.getByLabel('Message', { exact: true }).inputValue()).toBe('And one more');
  });

  it('refuses a message that is longer than the server accepts', async () => {
    const { tab } = fixture;
    await tab.write('é'.repeat(140_000));
    await tab.shows('The message is longer than 256 KiB.');
    expect(await tab.page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    expect(await tab.violations()).toEqual([]);
  });
});
