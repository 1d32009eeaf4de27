import { Component, input } from '@angular/core';

/** SVG paths for a view box of 20 × 20, drawn as lines in the color of the text. */
const paths = {
  plus: 'M10 4v12M4 10h12',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  close: 'M5 5l10 10M15 5L5 15',
  menu: 'M3 6h14M3 10h14M3 14h9',
  more: 'M4 9.5h1v1h-1zM9.5 9.5h1v1h-1zM15 9.5h1v1h-1z',
  send: 'M10 16V4M5 9l5-5 5 5',
  stop: 'M6 6h8v8H6z',
  copy: 'M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3',
  check: 'M4.5 10.5l4 4 7-9',
  edit: 'M4 16l.7-3.2L13 4.5a1.6 1.6 0 0 1 2.4 0 1.6 1.6 0 0 1 0 2.4L7.2 15.3z',
  again: 'M15.5 8A6 6 0 1 0 16 11M16 4v4.2h-4.2',
  up: 'M7 9l3-6c1.2 0 2 .8 2 2v3h3.4c.9 0 1.5.8 1.3 1.7l-1.1 5c-.2.8-.8 1.3-1.6 1.3H7zM7 9H4v7h3',
  down: 'M13 11l-3 6c-1.2 0-2-.8-2-2v-3H4.6c-.9 0-1.5-.8-1.3-1.7l1.1-5C4.6 4.5 5.2 4 6 4h7zM13 11h3V4h-3',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  toEnd: 'M10 4v12M5 11l5 5 5-5',
  bin: 'M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10',
  import: 'M10 3v9M6.5 8.5L10 12l3.5-3.5M4 13v3.5h12V13',
  out: 'M8 4H4v12h4M12 6.5l3.5 3.5-3.5 3.5M15.5 10H8',
  keys: 'M3 6h14v8.5H3zM6 9h.01M9 9h.01M12 9h.01M14.5 9h.01M6.5 12h7',
  auto: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 3.5v13',
  light:
    'M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M4.7 15.3l1-1M14.3 5.7l1-1',
  dark: 'M16 11.5A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.5z',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof paths;

/** An icon. It is hidden from screen readers: the button around it has the label. */
@Component({
  selector: 'p-icon',
  template: `<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path [attr.d]="paths[name()]" />
  </svg>`,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly paths = paths;
}
