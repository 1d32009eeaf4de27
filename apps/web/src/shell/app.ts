import { ApplicationRef, Component, computed, effect, inject } from '@angular/core';
import { ConversationList } from '../conversation-list/conversation-list';
import { Branch } from '../open-conversation/branch';
import { Announcer } from '../page/announcer';
import { Notices } from '../page/notices';
import { PageLocation } from '../page/page-location';
import { Panels } from '../page/panels';
import { shortcutOf } from '../page/shortcuts';
import { SessionKey } from '../server/session-key';
import { texts } from '../texts/texts';
import { Lazy } from '../ui/lazy';
import { Narrow } from '../ui/narrow';
import { prefetchLazyParts, lazyParts } from './lazy-parts';
import { TopBar } from './top-bar';

/** The root component: the frame of the page, its title, its live region and its global shortcuts. */
@Component({
  selector: 'p-app',
  imports: [Lazy, TopBar],
  templateUrl: './app.html',
  host: { '(document:keydown)': 'onKey($event)' },
})
export class App {
  readonly #application = inject(ApplicationRef);
  readonly #branch = inject(Branch);
  readonly #list = inject(ConversationList);
  readonly #location = inject(PageLocation);

  protected readonly t = texts;
  protected readonly lazy = lazyParts;
  protected readonly announcement = inject(Announcer).text;
  protected readonly isKeyRequired = inject(SessionKey).isRequired;
  protected readonly narrow = inject(Narrow);
  protected readonly notices = inject(Notices);
  protected readonly panels = inject(Panels);
  protected readonly hasMessageBox = computed(() => this.#branch.state() !== 'missing');
  readonly #title = computed(() => {
    const title = this.#list.titleOf(this.#branch.conversationId());
    return title === undefined ? texts.name : `${title} – ${texts.name}`;
  });

  constructor() {
    document.documentElement.lang = texts.language;
    prefetchLazyParts();
    effect(() => {
      document.title = this.#title();
    });
  }

  protected onKey(event: KeyboardEvent): void {
    const shortcut = shortcutOf(event);
    if (shortcut === 'search') this.panels.focusSearch();
    else if (shortcut === 'shortcuts') this.panels.areShortcutsShown.update((shown) => !shown);
    else if (shortcut === 'new') this.#start();
    else return;
    event.preventDefault();
    // Render now, so that the next key press reaches the panel that was opened.
    this.#application.tick();
  }

  protected focusMessage(event: Event): void {
    event.preventDefault();
    this.panels.focusMessageBox();
  }

  #start(): void {
    this.#location.navigate();
    this.panels.focusMessageBox();
  }
}
