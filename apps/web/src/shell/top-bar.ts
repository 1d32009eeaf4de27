import { afterRenderEffect, Component, computed, ElementRef, inject, viewChild } from '@angular/core';
import { ConversationList } from '../conversation-list/conversation-list';
import { Branch } from '../open-conversation/branch';
import { Panels } from '../page/panels';
import { texts } from '../texts/texts';
import { IconButton } from '../ui/icon-button';
import { Lazy } from '../ui/lazy';
import { lazyParts } from './lazy-parts';
import { StatusBadge } from './status-badge';

/** The title and menu of the open conversation, and the status of the LLM servers. */
@Component({
  selector: 'p-top-bar',
  imports: [IconButton, Lazy, StatusBadge],
  template: `
    <header class="top-bar">
      <button
        #opener
        pIconButton="menu"
        [label]="t.sidebar.open"
        class="only-narrow"
        [attr.aria-expanded]="panels.isSidebarOpen()"
        (click)="panels.isSidebarOpen.set(true)"
      ></button>
      <h1 dir="auto" [class.off-screen]="hasNoConversation()">{{ title() }}</h1>
      @if (!hasNoConversation()) {
        <ng-container [pLazy]="menu" />
      }
      <p-status-badge />
    </header>
  `,
})
export class TopBar {
  protected readonly panels = inject(Panels);
  protected readonly t = texts;
  protected readonly menu = lazyParts.conversationMenu;
  readonly #branch = inject(Branch);
  readonly #list = inject(ConversationList);
  protected readonly opener = viewChild.required<unknown, ElementRef<HTMLElement>>('opener', {
    read: ElementRef,
  });
  #wasSidebarOpen = false;
  /** No stored conversation is open. */
  protected readonly hasNoConversation = computed(
    () => this.#branch.conversationId() === undefined || this.#branch.state() === 'missing',
  );
  protected readonly title = computed(() =>
    this.hasNoConversation()
      ? texts.name
      : (this.#list.titleOf(this.#branch.conversationId()) ?? texts.sidebar.untitled),
  );

  constructor() {
    afterRenderEffect(() => {
      const isOpen = this.panels.isSidebarOpen();
      // The focused element was in the list, which is no longer visible.
      if (this.#wasSidebarOpen && !isOpen && !document.activeElement?.closest('p-composer')) {
        this.opener().nativeElement.focus();
      }
      this.#wasSidebarOpen = isOpen;
    });
  }
}
