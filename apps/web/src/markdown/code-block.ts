import { texts } from '../texts/texts';
import { copyText } from '../ui/clipboard';

/** How long the button shows that it has copied, in ms. */
const confirmationMs = 2_000;

/** Wraps a block of code in an element with a header: its language, and a button that copies it. */
export function withHeader(pre: HTMLPreElement): HTMLElement {
  const code = pre.querySelector('code');
  const language = languageOf(code);
  const block = document.createElement('div');
  block.className = 'code-block';
  const header = document.createElement('div');
  header.className = 'code-head';
  const label = document.createElement('span');
  label.textContent = language;
  header.append(
    label,
    copyButton(() => block.querySelector('pre')?.textContent ?? ''),
  );
  pre.tabIndex = 0;
  block.append(header, pre);
  return block;
}

/** The language after the opening fence; empty if there is none. */
export function languageOf(code: Element | null): string {
  return /\blanguage-(\S+)/.exec(code?.className ?? '')?.[1] ?? '';
}

function copyButton(text: () => string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = texts.code.copy;
  button.addEventListener('click', () => {
    void copyText(text()).then((isCopied) => {
      button.textContent = isCopied ? texts.code.copied : texts.message.copyFailed;
      setTimeout(() => (button.textContent = texts.code.copy), confirmationMs);
    });
  });
  return button;
}
