import { ApplicationRef, Component, computed, effect, inject } from '@angular/core';
import { Branch } from '../open-conversation/branch';
import { ConversationList } from '../conversation-list/conversation-list';
import { SessionKey } from '../server/session-key';
import { texts } from '../texts/texts';
import { Lazy } from '../ui/lazy';
import { Narrow } from '../ui/narrow';
import { Announcer } from '../page/announcer';
import { fetchLazyParts, lazyParts } from './lazy-parts';
import { Notices } from '../page/notices';
import { Panels } from '../page/panels';
import { Route } from '../page/route';
import { shortcutOf } from '../page/shortcuts';
import { TopBar } from './top-bar';

/** The whole page. */
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
  readonly #route = inject(Route);

  protected readonly t = texts;
  protected readonly lazy = lazyParts;
  protected readonly words = inject(Announcer).words;
  protected readonly isKeyWanted = inject(SessionKey).isWanted;
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
    fetchLazyParts();
    effect(() => {
      document.title = this.#title();
    });
  }

  protected onKey(event: KeyboardEvent): void {
    const shortcut = shortcutOf(event);
    if (shortcut === 'search') this.panels.search();
    else if (shortcut === 'shortcuts') this.panels.areShortcutsShown.update((shown) => !shown);
    else if (shortcut === 'new') this.#start();
    else return;
    event.preventDefault();
    // At once: the next key is meant for what has been opened.
    this.#application.tick();
  }

  protected focusMessage(event: Event): void {
    event.preventDefault();
    this.panels.write();
  }

  #start(): void {
    this.#route.go();
    this.panels.write();
  }
}
