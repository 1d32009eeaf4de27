import { Component, inject, signal } from '@angular/core';
import { type ImportedConversation } from '@parley/client';
import { ConversationList } from '../conversation-list/conversation-list';
import { PageLocation } from '../page/page-location';
import { Panels } from '../page/panels';
import { errorText } from '../server/request-errors';
import { Server } from '../server/server';
import { importTexts } from '../texts/import-texts';
import { IconButton } from '../ui/icon-button';
import { Modal } from '../ui/modal';

/** A dialog that imports a file of conversations, and reports what was imported and what was not. */
@Component({
  selector: 'p-import-dialog',
  imports: [IconButton, Modal],
  template: `
    <dialog pModal #dialog class="dialog" aria-labelledby="import-title" (closed)="close()">
      <header>
        <h2 id="import-title">{{ t.title }}</h2>
        <button pIconButton="close" [label]="t.close" (click)="dialog.close()"></button>
      </header>
      <form (submit)="submit($event, file.files)">
        <p class="hint" id="import-hint">{{ t.hint }}</p>
        <label for="import-file">{{ t.file }}</label>
        <input
          #file
          id="import-file"
          class="field"
          type="file"
          accept=".json,application/json"
          required
          aria-describedby="import-hint import-problem"
          [disabled]="isRunning()"
          (change)="problem.set('')"
        />
        <p class="problem" id="import-problem" role="alert">{{ problem() }}</p>
        <button type="submit" class="button primary" [disabled]="isRunning()">
          {{ isRunning() ? t.running : t.submit }}
        </button>
      </form>
      <div class="import-report" role="status">
        @if (imported(); as result) {
          <p>{{ t.done(result.import.conversation_ids.length, result.import.message_count) }}</p>
          @if (result.import.left_out.length > 0) {
            <p>{{ t.leftOut }}</p>
            <ul>
              @for (part of result.import.left_out; track part.kind) {
                <li>{{ part.description }}: {{ part.count }}</li>
              }
            </ul>
          }
          <button type="button" class="link-button" (click)="show(result.id); dialog.close()">
            {{ t.show }}
          </button>
        }
      </div>
    </dialog>
  `,
})
export class ImportDialog {
  readonly #list = inject(ConversationList);
  readonly #location = inject(PageLocation);
  readonly #panels = inject(Panels);
  readonly #server = inject(Server);
  readonly #closed = new AbortController();

  protected readonly t = importTexts;
  protected readonly problem = signal('');
  protected readonly isRunning = signal(false);
  protected readonly imported = signal<ImportedConversation | undefined>(undefined);

  protected async submit(event: Event, files: FileList | null): Promise<void> {
    event.preventDefault();
    const file = files?.[0];
    if (file === undefined) return;
    this.isRunning.set(true);
    this.problem.set('');
    this.imported.set(undefined);
    try {
      const { signal } = this.#closed;
      this.imported.set(await this.#server.track(this.#server.client.importConversations(file, { signal })));
      void this.#list.load();
    } catch (error) {
      this.problem.set(errorText(error));
    }
    this.isRunning.set(false);
  }

  protected show(id: string): void {
    this.#location.navigate(id);
    this.#panels.isSidebarOpen.set(false);
  }

  /** An import that is still running is canceled: then nothing is stored. */
  protected close(): void {
    this.#closed.abort();
    this.#panels.isImportShown.set(false);
  }
}
