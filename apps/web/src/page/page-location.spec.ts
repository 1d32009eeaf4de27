import { BrowserGlobals } from '../testing/browser-globals';
import { PageLocation } from './page-location';

describe('PageLocation', () => {
  const location = { pathname: '/', hash: '' };
  const changes: string[] = [];
  const change =
    (kind: string) =>
    (_state: unknown, _title: string, url: string): void => {
      changes.push(`${kind} ${url}`);
      [location.pathname = '', location.hash = ''] = url.split(/(?=#)/);
    };
  let globals: BrowserGlobals;
  let page: PageLocation;

  beforeEach(() => {
    Object.assign(location, { pathname: '/c/c1', hash: '#m1' });
    changes.length = 0;
    const history = { pushState: change('push'), replaceState: change('replace') };
    globals = new BrowserGlobals({ location, history });
    page = new PageLocation();
  });
  afterEach(() => globals.restore());

  it('starts with the URL of the browser', () => {
    expect(page.address()).toEqual({ conversationId: 'c1', messageId: 'm1' });
  });

  it('adds an entry to the history only if the URL changes', () => {
    page.navigate('c1', 'm1');
    expect(changes).toEqual([]);
    page.navigate('c2');
    page.navigate();
    expect(changes).toEqual(['push /c/c2', 'push /']);
    expect(page.address()).toEqual({ conversationId: undefined, messageId: undefined });
  });

  it('replaces the URL of a new conversation', () => {
    page.navigate();
    page.assignId('c3');
    expect(changes).toEqual(['push /', 'replace /c/c3']);
    expect(page.address()).toEqual({ conversationId: 'c3', messageId: undefined });
  });

  it('follows the Back button', () => {
    Object.assign(location, { pathname: '/c/c9', hash: '' });
    globals.dispatch('popstate');
    expect(page.address()).toEqual({ conversationId: 'c9', messageId: undefined });
  });
});
