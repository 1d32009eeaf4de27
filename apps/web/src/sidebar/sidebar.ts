import { afterRenderEffect, Component, ElementRef, inject, viewChild } from '@angular/core';
import { Drafts } from '../open-conversation/drafts';
import { SessionKey } from '../server/session-key';
import { Panels } from '../page/panels';
import { Route } from '../page/route';
import { Theme } from '../page/theme';
import { texts } from '../texts/texts';
import { Icon } from '../ui/icon';
import { IconButton } from '../ui/icon-button';
import { WhenSeen } from '../ui/when-seen';
import { ActiveConversations } from './active-conversations';
import { ConversationList } from '../conversation-list/conversation-list';
import { ConversationRow } from './conversation-row';

/** How long to wait for another letter before a search begins, in ms. */
const typingMs = 200;

/** The conversations, and what belongs to the page as a whole. */
@Component({
  selector: 'p-sidebar',
  imports: [ConversationRow, Icon, IconButton, WhenSeen],
  templateUrl: './sidebar.html',
})
export class Sidebar {
  readonly #drafts = inject(Drafts);
  readonly #route = inject(Route);
  protected readonly searchBox = viewChild.required<ElementRef<HTMLInputElement>>('searchBox');
  protected readonly closer = viewChild.required<unknown, ElementRef<HTMLElement>>('closer', {
    read: ElementRef,
  });
  #typing: ReturnType<typeof setTimeout> | undefined;

  protected readonly t = texts;
  protected readonly list = inject(ConversationList);
  protected readonly key = inject(SessionKey);
  protected readonly theme = inject(Theme);
  protected readonly panels = inject(Panels);

  constructor() {
    inject(ActiveConversations);
    afterRenderEffect(() => {
      if (this.panels.isSidebarOpen()) this.closer().nativeElement.focus();
    });
    afterRenderEffect(() => {
      if (this.panels.searches() > 0) this.#focusSearch();
    });
  }

  protected start(event: Event): void {
    event.preventDefault();
    this.#route.go();
    this.panels.isSidebarOpen.set(false);
  }

  protected search(words: string): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.list.search(words), typingMs);
  }

  protected clear(): void {
    clearTimeout(this.#typing);
    const box = this.searchBox().nativeElement;
    box.value = '';
    box.focus();
    void this.list.search('');
  }

  protected signOut(): void {
    this.key.forget();
    this.#drafts.forgetAll();
    location.assign('/');
  }

  #focusSearch(): void {
    this.searchBox().nativeElement.focus();
    this.searchBox().nativeElement.select();
  }
}
