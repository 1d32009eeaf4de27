import { Component, input, output } from '@angular/core';
import { isComposing } from '../page/composing';
import { texts } from '../texts/texts';
import { Focus } from '../ui/focus';

/** A form that edits the text of a sent message. */
@Component({
  selector: 'p-edit-box',
  imports: [Focus],
  template: `
    <form class="edit-box" (submit)="$event.preventDefault(); save(box.value)">
      <textarea
        #box
        pFocus
        class="field"
        dir="auto"
        rows="3"
        [value]="text()"
        [attr.aria-label]="t.editLabel"
        aria-describedby="edit-hint"
        (keydown)="onKey($event, box.value)"
      ></textarea>
      <p class="meta" id="edit-hint">{{ t.editHint }}</p>
      <div class="choices">
        <button type="submit" class="button small primary">{{ t.saveEdit }}</button>
        <button type="button" class="button small" (click)="cancelled.emit()">{{ t.cancel }}</button>
      </div>
    </form>
  `,
})
export class EditBox {
  readonly text = input.required<string>();
  readonly saved = output<string>();
  readonly cancelled = output();
  protected readonly t = texts.message;

  protected onKey(event: KeyboardEvent, content: string): void {
    if (isComposing(event)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      this.cancelled.emit();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.save(content);
    }
  }

  protected save(content: string): void {
    if (content.trim() !== '') this.saved.emit(content);
  }
}
