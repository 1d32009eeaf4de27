import { describePage } from './describe-page.js';
import { endless } from './replies.js';

describePage('the keyboard alone', (fixture) => {
  it('chats, stops, edits, searches, opens, renames and deletes', async () => {
    const { stack, tab } = fixture;
    const { keyboard } = tab.page;
    await tab.page.locator('#message:focus').waitFor();
    await keyboard.type('Hello?');
    await keyboard.press('Shift+Enter');
    await keyboard.type('Walrus?');
    await keyboard.press('Enter');
    await tab.hasAnswers(1);
    await tab.hasQuestions(['Hello?\nWalrus?']);

    await keyboard.press('ArrowUp');
    await tab.page.locator('.edit-box textarea:focus').waitFor();
    await keyboard.press('Control+A');
    stack.mock.behave(endless);
    await keyboard.type('Seals?');
    await keyboard.press('Enter');
    await tab.shows('word3');
    await keyboard.press('Escape');
    await tab.shows('Stopped.');

    await keyboard.press('Control+Shift+O');
    await tab.shows('What shall we talk about?');
    await keyboard.press('Control+k');
    await keyboard.type('walrus');
    await tab.page.locator('mark').first().waitFor();
    // The first Tab reaches the button that clears the search.
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.press('F2');
    await tab.page.getByLabel('New title').waitFor();
    await keyboard.type('Of seals');
    await keyboard.press('Enter');
    await tab.page.locator('a:focus', { hasText: 'Of seals' }).waitFor();
    await keyboard.press('Enter');
    await tab.page.locator('.is-found').waitFor();

    await tab.page.getByRole('button', { name: 'Delete “Of seals”' }).focus();
    await keyboard.press('Enter');
    await tab.shows('“Of seals” was deleted.');
    await tab.shows('What shall we talk about?');
  });

  it('reaches every button and link, with a visible focus', async () => {
    const { tab } = fixture;
    await tab.send('Hello?');
    await tab.hasAnswers(1);
    const reached = new Set<string>();
    for (let step = 0; step < 40; step += 1) {
      await tab.page.keyboard.press('Tab');
      const name = await tab.page.evaluate<string>(`(async () => {
        await new Promise(requestAnimationFrame);
        const { activeElement: element } = document;
        const seen = getComputedStyle(element).outlineStyle !== 'none' || element.id === 'message';
        const visible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        const name = element.getAttribute('aria-label') ?? element.textContent.trim() ?? '';
        return element === document.body ? '' : (seen && visible ? '' : 'unseen: ') + name;
      })()`);
      reached.add(name);
    }
    expect([...reached].filter((name) => name.startsWith('unseen'))).toEqual([]);
    const expectedNames = [
      'Skip to the message box',
      'New conversation',
      'Rename “Hello?”',
      'Delete “Hello?”',
    ];
    expectedNames.push('Keyboard shortcuts', 'This conversation', 'LLM ready', 'Edit', 'Copy', 'Regenerate');
    expect([...reached]).toEqual(expect.arrayContaining([...expectedNames, 'Good answer', 'Bad answer']));
  });

  it('lists the shortcuts, and closes panels with Escape', async () => {
    const { tab } = fixture;
    await tab.page.keyboard.press('Control+/');
    await tab.page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await tab.violations()).toEqual([]);
    await tab.page.keyboard.press('Escape');
    await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
    await tab.page.getByRole('button', { name: 'LLM ready' }).focus();
    await tab.page.getByRole('group', { name: 'LLM servers' }).getByText('ws://').first().waitFor();
    expect(await tab.violations()).toEqual([]);
    await tab.page.keyboard.press('Escape');
    await tab.page.getByRole('group', { name: 'LLM servers' }).waitFor({ state: 'hidden' });
  });
});
