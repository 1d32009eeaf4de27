import { Component, ElementRef, inject, signal, viewChild } from '@angular/core';
import { ConversationList } from '../conversation-list/conversation-list';
import { Deletions } from '../conversation-list/deletions';
import { Branch } from '../open-conversation/branch';
import { Notices } from '../page/notices';
import { PageLocation } from '../page/page-location';
import { Server } from '../server/server';
import { texts } from '../texts/texts';
import { IconButton } from '../ui/icon-button';
import { saveAs } from '../ui/save-as';

/** A menu that exports or deletes the open conversation. */
@Component({
  selector: 'p-conversation-menu',
  imports: [IconButton],
  template: `
    <div class="menu" (focusout)="onFocusOut($event)" (keydown.escape)="close($event)">
      <button
        #opener
        pIconButton="more"
        [label]="t.label"
        [attr.aria-expanded]="isOpen()"
        aria-controls="conversation-menu"
        (click)="isOpen.set(!isOpen())"
      ></button>
      <ul id="conversation-menu" class="popover menu-list" [hidden]="!isOpen()">
        <li>
          <button type="button" (click)="save('markdown')">{{ t.markdown }}</button>
        </li>
        <li>
          <button type="button" (click)="save('json')">{{ t.json }}</button>
        </li>
        <li>
          <button type="button" (click)="remove()">{{ t.remove }}</button>
        </li>
      </ul>
    </div>
  `,
})
export class ConversationMenu {
  readonly #server = inject(Server);
  readonly #notices = inject(Notices);
  readonly #deletions = inject(Deletions);
  readonly #location = inject(PageLocation);
  protected readonly opener = viewChild.required<unknown, ElementRef<HTMLElement>>('opener', {
    read: ElementRef,
  });
  readonly #branch = inject(Branch);
  readonly #list = inject(ConversationList);
  protected readonly t = texts.menu;
  protected readonly isOpen = signal(false);

  protected onFocusOut({ currentTarget, relatedTarget }: FocusEvent): void {
    if (!(currentTarget as Element).contains(relatedTarget as Node | null)) this.isOpen.set(false);
  }

  protected close(event: Event): void {
    if (!this.isOpen()) return;
    event.preventDefault();
    this.isOpen.set(false);
    this.opener().nativeElement.focus();
  }

  protected async save(format: 'json' | 'markdown'): Promise<void> {
    this.isOpen.set(false);
    const { id, title } = this.#conversation;
    if (id === undefined) return;
    try {
      const document = await this.#server.track(this.#server.client.exportConversation(id, format));
      saveAs(document, `${title}.${format === 'json' ? 'json' : 'md'}`);
    } catch {
      this.#notices.show(this.t.exportFailed);
    }
  }

  protected remove(): void {
    const { id, title } = this.#conversation;
    if (id === undefined) return;
    this.#deletions.schedule({ id, title });
    this.#location.navigate();
  }

  get #conversation(): { id: string | undefined; title: string } {
    const id = this.#branch.conversationId();
    return { id, title: this.#list.titleOf(id) ?? texts.sidebar.untitled };
  }
}
