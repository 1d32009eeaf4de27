import { shortcutOf } from './shortcuts';

const none = {
  ...{ ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...{ isComposing: false, keyCode: 0 },
};
const control = { ...none, ctrlKey: true };

describe('shortcutOf', () => {
  it.each([
    ['Ctrl + K', { ...control, key: 'k' }, 'search'],
    ['⌘ + K', { ...none, metaKey: true, key: 'k' }, 'search'],
    ['Ctrl + Shift + O', { ...control, shiftKey: true, key: 'O' }, 'new'],
    ['Ctrl + Shift + L', { ...control, shiftKey: true, key: 'L' }, 'copy'],
    ['Ctrl + /', { ...control, key: '/' }, 'shortcuts'],
    ['Ctrl + / where / needs Shift', { ...control, shiftKey: true, key: '/' }, 'shortcuts'],
    ['Escape', { ...none, key: 'Escape' }, 'escape'],
  ])('recognizes %s', (_name, event, shortcut) => {
    expect(shortcutOf(event)).toBe(shortcut);
  });

  it.each([
    ['K', { ...none, key: 'k' }],
    ['Ctrl + O', { ...control, key: 'o' }],
    ['Ctrl + Shift + K', { ...control, shiftKey: true, key: 'K' }],
    ['Ctrl + Alt + K', { ...control, altKey: true, key: 'k' }],
    ['Escape of an input method', { ...none, isComposing: true, key: 'Escape' }],
    ['Escape of an input method, as in Safari', { ...none, keyCode: 229, key: 'Escape' }],
    ['Ctrl + K of an input method', { ...control, isComposing: true, key: 'k' }],
  ])('ignores %s', (_name, event) => {
    expect(shortcutOf(event)).toBeUndefined();
  });
});
