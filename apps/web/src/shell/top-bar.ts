import { afterRenderEffect, Component, computed, type ElementRef, inject, viewChild } from '@angular/core';
import { Branch } from '../chat/branch';
import { ConversationList } from '../conversations/conversation-list';
import { StatusBadge } from '../server/status-badge';
import { texts } from '../texts/texts';
import { Icon } from '../ui/icon';
import { Lazy } from '../ui/lazy';
import { lazyParts } from './lazy-parts';
import { Panels } from './panels';

/** What is open, and how the LLM servers are. */
@Component({
  selector: 'p-top-bar',
  imports: [Icon, Lazy, StatusBadge],
  template: `
    <header class="top-bar">
      <button
        #opener
        type="button"
        class="icon-button only-narrow"
        [attr.aria-expanded]="panels.isSidebarOpen()"
        [attr.aria-label]="t.sidebar.open"
        (click)="panels.isSidebarOpen.set(true)"
      >
        <p-icon name="menu" />
      </button>
      <h1 [class.off-screen]="isNew()">{{ title() }}</h1>
      @if (!isNew()) {
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
  protected readonly branch = inject(Branch);
  readonly #list = inject(ConversationList);
  private readonly opener = viewChild.required<ElementRef<HTMLElement>>('opener');
  #wasOpen = false;
  protected readonly isNew = computed(() => this.branch.conversationId() === undefined);
  protected readonly title = computed(() =>
    this.isNew() ? texts.name : (this.#list.titleOf(this.branch.conversationId()) ?? texts.sidebar.untitled),
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
