import { BrowserGlobals, MemoryStorage } from '../testing/browser-globals';
import { SessionKey } from './session-key';

describe('SessionKey', () => {
  let sessionStorage: MemoryStorage;
  let globals: BrowserGlobals;

  beforeEach(() => {
    sessionStorage = new MemoryStorage();
    globals = new BrowserGlobals({ sessionStorage });
  });
  afterEach(() => globals.restore());

  it('is kept for a reload, until it is removed', () => {
    const key = new SessionKey();
    expect(key.value()).toBeUndefined();
    key.isRequired.set(true);
    key.store('key-of-ann');
    expect([key.value(), key.isRequired(), new SessionKey().value()]).toEqual([
      'key-of-ann',
      false,
      'key-of-ann',
    ]);
    key.clear();
    expect([key.value(), new SessionKey().value(), sessionStorage.items.size]).toEqual([
      undefined,
      undefined,
      0,
    ]);
  });
});
