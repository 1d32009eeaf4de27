import { Component, inject } from '@angular/core';
import { Notices } from '../page/notices';
import { texts } from '../texts/texts';
import { IconButton } from '../ui/icon-button';

/** The notices that are shown, in a live region. */
@Component({
  selector: 'p-notices',
  imports: [IconButton],
  template: `
    <div class="notices" role="region" aria-live="polite" [attr.aria-label]="t.label">
      @for (notice of notices.all(); track notice.id) {
        <div class="notice">
          <span>{{ notice.text }}</span>
          @if (notice.action; as action) {
            <button type="button" class="link-button" (click)="action.run()">{{ action.label }}</button>
          } @else {
            <button pIconButton="close" [label]="t.dismiss" (click)="notices.dismiss(notice.id)"></button>
          }
        </div>
      }
    </div>
  `,
})
export class NoticesView {
  protected readonly notices = inject(Notices);
  protected readonly t = texts.notices;
}
