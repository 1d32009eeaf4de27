import { Component, input } from '@angular/core';
import { Icon, type IconName } from './icon';

/** A button that shows an icon only; its label is the accessible name and the tooltip. */
@Component({
  selector: 'button[pIconButton]',
  imports: [Icon],
  template: `<p-icon [name]="pIconButton()" />`,
  host: { type: 'button', class: 'icon-button', '[attr.aria-label]': 'label()', '[title]': 'label()' },
})
export class IconButton {
  readonly pIconButton = input.required<IconName>();
  readonly label = input.required<string>();
}
