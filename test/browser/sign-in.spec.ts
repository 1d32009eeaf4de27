import { describePage } from './describe-page.js';

const key = 'a-key-of-at-least-16-characters';

describePage(
  'a server that requires an API key',
  (fixture) => {
    it('accepts a key until the user signs out', async () => {
      const { stack, tab } = fixture;
      const field = tab.page.getByLabel('API key');
      await field.fill('wrong');
      expect(await tab.violations()).toEqual([]);
      await tab.page.keyboard.press('Enter');
      await tab.shows('This key is not valid.');
      expect(await tab.violations()).toEqual([]);
      await field.fill(key);
      await tab.page.keyboard.press('Enter');
      await field.waitFor({ state: 'detached' });
      await tab.send('Hello?');
      await tab.hasAnswers(1);
      expect(await tab.page.evaluate('JSON.stringify(sessionStorage)')).toContain(key);
      const elsewhere = '[document.cookie, JSON.stringify(localStorage), location.href].join()';
      expect(await tab.page.evaluate(elsewhere)).not.toContain(key);
      await tab.page.reload();
      await tab.shows('An answer.');

      const other = await fixture.open(stack.url);
      await other.page.getByLabel('API key').waitFor();

      await tab.write('A draft');
      await tab.press('Sign out');
      await field.waitFor();
      const kept = await tab.page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])');
      expect([kept.includes(key), kept.includes('A draft')]).toEqual([false, false]);
    });

    it('asks again when the stored key is no longer valid', async () => {
      const { stack, tab } = fixture;
      await tab.page.evaluate(`sessionStorage.setItem('parley.key', 'an-old-key-of-16-characters')`);
      await tab.page.goto(`${stack.url}/c/01890000-0000-7000-8000-000000000000`);
      await tab.page.getByLabel('API key').fill(key);
      await tab.page.keyboard.press('Enter');
      await tab.shows('Conversation not found.');
    });
  },
  { stack: { environment: { AUTH: 'keys', API_KEYS: `ada:${key}` } } },
);
