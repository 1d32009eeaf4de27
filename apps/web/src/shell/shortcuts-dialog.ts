import { Component, inject } from '@angular/core';
import { Panels } from '../page/panels';
import { texts } from '../texts/texts';
import { IconButton } from '../ui/icon-button';
import { Modal } from '../ui/modal';

/** A dialog that lists the keyboard shortcuts. */
@Component({
  selector: 'p-shortcuts-dialog',
  imports: [IconButton, Modal],
  template: `
    <dialog
      pModal
      #dialog
      class="dialog"
      aria-labelledby="shortcuts-title"
      (closed)="panels.areShortcutsShown.set(false)"
    >
      <header>
        <h2 id="shortcuts-title">{{ t.shortcuts.title }}</h2>
        <button pIconButton="close" [label]="t.shortcuts.close" (click)="dialog.close()"></button>
      </header>
      <dl class="shortcuts">
        @for (shortcut of t.shortcuts.list; track shortcut.does) {
          <div>
            <dt>{{ shortcut.does }}</dt>
            <dd>
              @for (key of shortcut.keys; track key) {
                <kbd>{{ key }}</kbd>
              }
            </dd>
          </div>
        }
      </dl>
    </dialog>
  `,
})
export class ShortcutsDialog {
  protected readonly panels = inject(Panels);
  protected readonly t = texts;
}
