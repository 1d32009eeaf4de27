import { afterRenderEffect, Component, computed, ElementRef, inject, viewChild } from '@angular/core';
import { Branch } from '../open-conversation/branch';
import { ConversationList } from '../conversation-list/conversation-list';
import { StatusBadge } from './status-badge';
import { texts } from '../texts/texts';
import { IconButton } from '../ui/icon-button';
import { Lazy } from '../ui/lazy';
import { lazyParts } from './lazy-parts';
import { Panels } from '../page/panels';

/** What is open, and how the LLM servers are. */
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
      <h1 [class.off-screen]="isBare()">{{ title() }}</h1>
      @if (!isBare()) {
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
  #wasOpen = false;
  /** No conversation is open, or none that there is. */
  protected readonly isBare = computed(
    () => this.#branch.conversationId() === undefined || this.#branch.state() === 'missing',
  );
  protected readonly title = computed(() =>
    this.isBare()
      ? texts.name
      : (this.#list.titleOf(this.#branch.conversationId()) ?? texts.sidebar.untitled),
  );

  constructor() {
    afterRenderEffect(() => {
      const isOpen = this.panels.isSidebarOpen();
      // What had the focus is not there any more.
      if (this.#wasOpen && !isOpen && !document.activeElement?.closest('p-composer')) {
        this.opener().nativeElement.focus();
      }
      this.#wasOpen = isOpen;
    });
  }
}
