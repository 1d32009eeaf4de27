import { Panels } from './panels';

describe('Panels', () => {
  it('opens the list of conversations to search, and closes it to write', () => {
    const panels = new Panels();
    panels.focusSearch();
    expect([panels.isSidebarOpen(), panels.searchFocusRequests()]).toEqual([true, 1]);
    panels.focusMessageBox();
    expect([panels.isSidebarOpen(), panels.messageBoxFocusRequests()]).toEqual([false, 1]);
  });

  it('counts every request for the focus, so that each one has an effect', () => {
    const panels = new Panels();
    panels.focusSearch();
    panels.focusSearch();
    expect(panels.searchFocusRequests()).toBe(2);
  });
});
