import { Component, computed, type ElementRef, inject, input, signal, viewChild } from '@angular/core';
import { type Conversation } from '@parley/client';
import { ConversationList } from '../conversation-list/conversation-list';
import { Deletions } from '../conversation-list/deletions';
import { Branch } from '../open-conversation/branch';
import { isComposing } from '../page/composing';
import { Notices } from '../page/notices';
import { PageLocation } from '../page/page-location';
import { Panels } from '../page/panels';
import { texts } from '../texts/texts';
import { Focus } from '../ui/focus';
import { IconButton } from '../ui/icon-button';
import { shortTime } from '../conversation-list/date-groups';
import { titleParts } from './title-parts';

/** A conversation in the list: a link with its title, and buttons that rename and delete it. */
@Component({
  selector: 'p-conversation-row',
  imports: [Focus, IconButton],
  templateUrl: './conversation-row.html',
})
export class ConversationRow {
  readonly conversation = input.required<Conversation>();
  readonly #panels = inject(Panels);
  readonly #location = inject(PageLocation);
  readonly #list = inject(ConversationList);
  readonly #deletions = inject(Deletions);
  readonly #notices = inject(Notices);
  readonly #branch = inject(Branch);
  protected readonly link = viewChild<ElementRef<HTMLElement>>('link');

  protected readonly t = texts.sidebar;
  protected readonly isRenaming = signal(false);
  protected readonly title = computed(() => this.conversation().title ?? this.t.untitled);
  protected readonly titleParts = computed(() => titleParts(this.title(), this.#list.query()));
  protected readonly time = computed(() => shortTime(new Date(this.conversation().updated_at), new Date()));
  protected readonly isOpen = computed(() => this.#branch.conversationId() === this.conversation().id);
  protected readonly match = computed(() =>
    this.conversation().matches?.find(({ message_id }) => message_id !== null),
  );
  protected readonly href = computed(() => {
    return this.#location.urlOf(this.conversation().id, this.match()?.message_id ?? undefined);
  });

  protected open(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#location.navigate(this.conversation().id, this.match()?.message_id ?? undefined);
    this.#panels.isSidebarOpen.set(false);
  }

  protected async rename(input: HTMLInputElement): Promise<void> {
    if (!this.isRenaming()) return;
    this.#stopRenaming();
    const title = input.value.trim();
    if (title === '' || title === this.title()) return;
    try {
      await this.#list.rename(this.conversation().id, title);
    } catch {
      this.#notices.show(this.t.renameFailed);
    }
  }

  protected onKey(event: KeyboardEvent, input: HTMLInputElement): void {
    if (isComposing(event)) return;
    if (event.key === 'Enter') void this.rename(input);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.#stopRenaming();
  }

  protected remove(): void {
    const isOpen = this.isOpen();
    this.#deletions.schedule(this.conversation());
    if (isOpen) this.#location.navigate();
  }

  #stopRenaming(): void {
    this.isRenaming.set(false);
    setTimeout(() => this.link()?.nativeElement.focus());
  }
}
