import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describePage } from './describe-page.js';

/** More than two pages of the list. */
const conversationCount = 70;

describePage('conversations', (fixture) => {
  /** Stores a conversation with one turn. */
  const createConversation = async (
    title: string,
    content: string,
  ): Promise<{ id: string; messageId: string }> => {
    const { body } = await fixture.stack.call<{ id: string }>('POST', '/api/conversations', { title });
    const { body: turn } = await fixture.stack.call<{ message: { id: string } }>(
      'POST',
      `/api/conversations/${body.id}/messages`,
      { content },
    );
    return { id: body.id, messageId: turn.message.id };
  };

  const statusOf = async (id: string): Promise<number> =>
    (await fixture.stack.call('GET', `/api/conversations/${id}`)).status;

  it('are found by words in their messages, and opened at the matching message', async () => {
    const { tab } = fixture;
    const { id, messageId } = await createConversation('Arctic', 'Where do walruses sleep?');
    await createConversation('Other', 'Where do cats sleep?');
    await tab.page.keyboard.press('Control+k');
    await tab.page.keyboard.type('walruses');
    await tab.page.locator('mark', { hasText: 'walruses' }).waitFor();
    expect(await tab.page.locator('.row').count()).toBe(1);
    expect(await tab.page.locator('.snippet').innerText()).toMatch(/^Where do walruses sleep\??$/);
    expect(await tab.violations()).toEqual([]);
    await tab.page.getByRole('link', { name: /Arctic/ }).click();
    await tab.page.locator('.is-found', { hasText: 'Where do walruses sleep?' }).waitFor();
    expect(new URL(tab.page.url()).pathname + new URL(tab.page.url()).hash).toBe(`/c/${id}#${messageId}`);
    expect(await tab.page.getByRole('button', { name: 'Scroll to the latest message' }).count()).toBe(0);
    await tab.page.getByLabel('Search conversations and messages').fill('zebras');
    await tab.shows('Nothing found for “zebras”.');
    expect(await tab.violations()).toEqual([]);
    await tab.press('Clear the search');
    await tab.page.getByRole('link', { name: /Other/ }).waitFor();
  });

  it('are imported from a file of another program, with a report of what was left out', async () => {
    const { tab } = fixture;
    const file = (document: unknown) => ({
      name: 'conversations.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(document)),
    });
    const message = (role: string, text: string) => ({
      author: { role },
      content: { content_type: 'text', parts: [text] },
    });
    const mapping = {
      a: { id: 'a', parent: null, message: message('user', 'Where do seals swim?') },
      b: { id: 'b', parent: 'a', message: message('tool', '{}') },
      c: { id: 'c', parent: 'b', message: message('assistant', 'Under the ice.') },
    };
    await tab.press('Import conversations');
    const dialog = tab.page.getByRole('dialog', { name: 'Import conversations' });
    await dialog.getByLabel('File').setInputFiles(file([{ chat_messages: [] }]));
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.getByText(/conversations\.json of ChatGPT, an export of chats of Open WebUI/).waitFor();
    await dialog.getByLabel('File').setInputFiles(file([{ title: 'Seals', mapping }]));
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.getByText('1 conversation with 2 messages imported.').waitFor();
    await dialog.getByText('Calls of tools, and their results: 1').waitFor();
    expect(await tab.violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Open the first conversation' }).click();
    await tab.shows('Under the ice.');
    await tab.page.getByRole('link', { name: /Seals/ }).waitFor();
  });

  it('are renamed', async () => {
    const { stack, tab } = fixture;
    const { id } = await createConversation('Wlaruses', 'Where?');
    await tab.page.reload();
    await tab.press('Rename “Wlaruses”');
    expect(await tab.violations()).toEqual([]);
    await tab.page.getByLabel('New title').fill('Walruses');
    await tab.page.keyboard.press('Enter');
    await tab.page.getByRole('link', { name: 'Walruses' }).waitFor();
    await tab.page.reload();
    await tab.page.getByRole('link', { name: 'Walruses' }).waitFor();
    const { body } = await stack.call<{ title: string }>('GET', `/api/conversations/${id}`);
    expect(body.title).toBe('Walruses');
  });

  it('are deleted after a delay unless the deletion is undone', async () => {
    const { tab } = fixture;
    const { id: kept } = await createConversation('Kept', 'Where?');
    const { id: gone } = await createConversation('Gone', 'Where?');
    await tab.page.reload();
    await tab.press('Delete “Kept”');
    await tab.shows('“Kept” was deleted.');
    expect(await tab.violations()).toEqual([]);
    await tab.press('Undo');
    await tab.page.getByRole('link', { name: 'Kept' }).waitFor();
    const deleted = tab.page.waitForResponse((response) => response.request().method() === 'DELETE');
    await tab.press('Delete “Gone”');
    await deleted;
    expect([await statusOf(kept), await statusOf(gone)]).toEqual([200, 404]);
  });

  it('are deleted immediately when the page is closed', async () => {
    const { tab } = fixture;
    const { id } = await createConversation('Left behind', 'Where?');
    await tab.page.reload();
    await tab.press('Delete “Left behind”');
    await tab.shows('“Left behind” was deleted.');
    expect(await statusOf(id)).toBe(200);
    await tab.page.goto('about:blank');
    while ((await statusOf(id)) !== 404) await sleep(20);
  });

  it('are loaded while the list is scrolled', async () => {
    const { stack, tab } = fixture;
    for (let number = 1; number <= conversationCount; number += 1) {
      await stack.call('POST', '/api/conversations', { title: `Number ${number}` });
    }
    await tab.page.reload();
    const rows = tab.page.locator('.row');
    await rows.filter({ hasText: `Number ${conversationCount}` }).waitFor();
    expect(await rows.count()).toBeLessThan(conversationCount);
    const list = tab.page.locator('.conversations');
    const first = rows.locator('.row-title').filter({ hasText: /^\s*Number 1\s*$/ });
    while ((await first.count()) === 0) {
      await list.hover();
      await tab.page.mouse.wheel(0, 2_000);
      await tab.page.waitForTimeout(50);
    }
    expect(await rows.filter({ hasText: 'Number ' }).count()).toBe(conversationCount);
  });

  it('have their own URLs, and an unknown URL shows that the conversation does not exist', async () => {
    const { stack, tab } = fixture;
    const { id } = await createConversation('Deep', 'Where do walruses sleep?');
    const other = await fixture.open(`${stack.url}/c/${id}`);
    await other.shows('Where do walruses sleep?');
    expect(await other.page.title()).toBe('Deep – Parley');
    await other.page.getByRole('link', { name: 'New conversation' }).click();
    await other.shows('What shall we talk about?');
    await other.page.goBack();
    await other.shows('Where do walruses sleep?');
    await tab.page.goto(`${stack.url}/c/01890000-0000-7000-8000-000000000000`);
    await tab.shows('Conversation not found.');
    expect(await tab.violations()).toEqual([]);
    await tab.page.getByRole('main').getByRole('button', { name: 'New conversation' }).click();
    await tab.shows('What shall we talk about?');
  });

  it.each([
    ['Markdown', 'Deep sea.md', '## '],
    ['JSON', 'Deep sea.json', '"content"'],
  ])('are exported as %s', async (format, name, part) => {
    const { stack, tab } = fixture;
    const { id } = await createConversation('Deep sea', 'Where do walruses sleep?');
    await tab.page.goto(`${stack.url}/c/${id}`);
    await tab.press('This conversation');
    expect(await tab.violations()).toEqual([]);
    const download = tab.page.waitForEvent('download');
    await tab.press(`Export as ${format}`);
    const file = await download;
    expect(file.suggestedFilename()).toBe(name);
    const content = await text(await file.createReadStream());
    expect(content).toContain(part);
    expect(content).toContain('Where do walruses sleep?');
  });
});
