import { afterRenderEffect, Component, computed, ElementRef, inject, viewChild } from '@angular/core';
import { ConversationList } from '../conversation-list/conversation-list';
import { type DateGroup, dateGroups } from '../conversation-list/date-groups';
import { Drafts } from '../open-conversation/drafts';
import { isComposing } from '../page/composing';
import { PageLocation } from '../page/page-location';
import { Panels } from '../page/panels';
import { Theme } from '../page/theme';
import { SessionKey } from '../server/session-key';
import { importTexts } from '../texts/import-texts';
import { texts } from '../texts/texts';
import { Icon } from '../ui/icon';
import { IconButton } from '../ui/icon-button';
import { WhenSeen } from '../ui/when-seen';
import { ActiveConversations } from './active-conversations';
import { ConversationRow } from './conversation-row';

/** Delay between the last key press and the search, in ms. */
const searchDelayMs = 200;

/** The list of conversations with its search field, and buttons for theme, shortcuts and sign-out. */
@Component({
  selector: 'p-sidebar',
  imports: [ConversationRow, Icon, IconButton, WhenSeen],
  templateUrl: './sidebar.html',
})
export class Sidebar {
  readonly #drafts = inject(Drafts);
  readonly #location = inject(PageLocation);
  protected readonly searchBox = viewChild.required<ElementRef<HTMLInputElement>>('searchBox');
  protected readonly closer = viewChild.required<unknown, ElementRef<HTMLElement>>('closer', {
    read: ElementRef,
  });
  #searchTimer: ReturnType<typeof setTimeout> | undefined;

  protected readonly home = this.#location.urlOf();
  protected readonly t = texts;
  protected readonly importLabel = importTexts.open;
  protected readonly list = inject(ConversationList);
  /** By date; the results of a search are not grouped. */
  protected readonly groups = computed((): DateGroup[] =>
    this.list.query() === ''
      ? dateGroups(this.list.items(), new Date())
      : [{ title: '', conversations: [...this.list.items()] }],
  );
  protected readonly key = inject(SessionKey);
  protected readonly theme = inject(Theme);
  protected readonly panels = inject(Panels);

  constructor() {
    inject(ActiveConversations);
    afterRenderEffect(() => {
      if (this.panels.isSidebarOpen()) this.closer().nativeElement.focus();
    });
    afterRenderEffect(() => {
      if (this.panels.searchFocusRequests() > 0) this.#focusSearch();
    });
  }

  protected start(event: Event): void {
    event.preventDefault();
    this.#location.navigate();
    this.panels.isSidebarOpen.set(false);
  }

  protected search(query: string): void {
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => void this.list.search(query), searchDelayMs);
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || isComposing(event)) return;
    event.preventDefault();
    this.clear();
  }

  protected clear(): void {
    clearTimeout(this.#searchTimer);
    const box = this.searchBox().nativeElement;
    box.value = '';
    box.focus();
    void this.list.search('');
  }

  protected signOut(): void {
    this.key.clear();
    this.#drafts.removeAll();
    location.assign(this.home);
  }

  #focusSearch(): void {
    this.searchBox().nativeElement.focus();
    this.searchBox().nativeElement.select();
  }
}
