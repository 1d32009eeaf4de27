import { Component, computed, inject, input } from '@angular/core';
import { type Message } from '@parley/client';
import { OpenConversation } from '../open-conversation/open-conversation';
import { Notices } from '../page/notices';
import { errorText } from '../server/request-errors';
import { texts } from '../texts/texts';
import { IconButton } from '../ui/icon-button';

/** Switches between the versions of a message: the messages with the same parent. Empty if there is one version only. */
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
  readonly #conversation = inject(OpenConversation);
  readonly #notices = inject(Notices);
  protected readonly t = texts.message;
  protected readonly ids = computed(() => this.message().sibling_ids ?? []);
  protected readonly at = computed(() => this.ids().indexOf(this.message().id));

  /** Shows the newest branch with the version at that index. */
  protected async show(at: number): Promise<void> {
    const id = this.ids()[at];
    if (id === undefined) return;
    try {
      await this.#conversation.showBranch(id);
    } catch (error) {
      this.#notices.show(errorText(error));
    }
  }
}
