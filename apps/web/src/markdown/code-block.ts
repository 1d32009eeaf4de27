import { copyText } from '../ui/clipboard';
import { texts } from '../texts/texts';

/** How long the button says that it has copied, in ms. */
const saidMs = 2_000;

/** Gives a block of code its head: the language, and a button that copies it. */
export function withHead(pre: HTMLPreElement): HTMLElement {
  const code = pre.querySelector('code');
  const language = languageOf(code);
  const block = document.createElement('div');
  block.className = 'code-block';
  const head = document.createElement('div');
  head.className = 'code-head';
  const label = document.createElement('span');
  label.textContent = language === '' ? texts.code.text : language;
  head.append(
    label,
    copyButton(() => block.querySelector('pre')?.textContent ?? ''),
  );
  pre.tabIndex = 0;
  block.append(head, pre);
  return block;
}

/** As written behind the opening fence; empty if nothing was. */
export function languageOf(code: Element | null): string {
  return /\blanguage-(\S+)/.exec(code?.className ?? '')?.[1] ?? '';
}

function copyButton(text: () => string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = texts.code.copy;
  button.addEventListener('click', () => {
    void copyText(text()).then((worked) => {
      button.textContent = worked ? texts.code.copied : texts.message.copyFailed;
      setTimeout(() => (button.textContent = texts.code.copy), saidMs);
    });
  });
  return button;
}
