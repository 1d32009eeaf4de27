import { BrowserGlobals, MemoryStorage } from '../testing/browser-globals';
import { Theme } from './theme';

describe('Theme', () => {
  const dataset: Record<string, string> = {};
  let localStorage: MemoryStorage;
  let globals: BrowserGlobals;

  beforeEach(() => {
    localStorage = new MemoryStorage();
    globals = new BrowserGlobals({ localStorage, document: { documentElement: { dataset } } });
  });
  afterEach(() => globals.restore());

  it('follows the system until the user selects a theme, which is kept', () => {
    const theme = new Theme();
    expect([theme.name(), dataset['theme']]).toEqual(['auto', 'auto']);
    theme.next();
    theme.next();
    expect([theme.name(), dataset['theme'], new Theme().name()]).toEqual(['dark', 'dark', 'dark']);
    theme.next();
    expect(new Theme().name()).toBe('auto');
  });

  it('ignores an unknown stored value', () => {
    localStorage.setItem('parley.theme', 'sepia');
    expect(new Theme().name()).toBe('auto');
  });
});
