import { Component, computed, inject, input } from '@angular/core';
import { type Message } from '@parley/client';
import { sentenceFor } from '../server/server';
import { Notices } from '../page/notices';
import { texts } from '../texts/texts';
import { IconButton } from '../ui/icon-button';
import { Chat } from '../open-conversation/chat';

/** Where a message has others in its place: which of them this is, and the way to its neighbours. */
@Component({
  selector: 'p-siblings',
  imports: [IconButton],
  template: `
    @if (ids().length > 1) {
      <span class="siblings">
        <button
          pIconButton="left"
          [label]="t.previousVersion"
          [disabled]="at() === 0"
          (click)="show(at() - 1)"
        ></button>
        @if (!message().has_more_siblings) {
          <span class="meta">{{ t.version(at() + 1, ids().length) }}</span>
        }
        <button
          pIconButton="right"
          [label]="t.nextVersion"
          [disabled]="at() === ids().length - 1"
          (click)="show(at() + 1)"
        ></button>
      </span>
    }
  `,
})
export class Siblings {
  readonly message = input.required<Message>();
  readonly #chat = inject(Chat);
  readonly #notices = inject(Notices);
  protected readonly t = texts.message;
  protected readonly ids = computed(() => this.message().sibling_ids ?? []);
  protected readonly at = computed(() => this.ids().indexOf(this.message().id));

  protected async show(at: number): Promise<void> {
    const id = this.ids()[at];
    if (id === undefined) return;
    try {
      await this.#chat.showBranch(id);
    } catch (error) {
      this.#notices.show(sentenceFor(error));
    }
  }
}
