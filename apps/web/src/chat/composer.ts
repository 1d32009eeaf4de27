import { afterRenderEffect, Component, computed, type ElementRef, inject, viewChild } from '@angular/core';
import { type OnBusy } from '@parley/client';
import { Branch } from '../open-conversation/branch';
import { Drafts } from '../open-conversation/drafts';
import { Editing } from '../open-conversation/editing';
import { LiveAnswers } from '../open-conversation/live-answers';
import { OpenConversation } from '../open-conversation/open-conversation';
import { OutgoingMessages } from '../open-conversation/outgoing-messages';
import { isComposing } from '../page/composing';
import { Notices } from '../page/notices';
import { Panels } from '../page/panels';
import { errorText } from '../server/request-errors';
import { Server } from '../server/server';
import { texts } from '../texts/texts';
import { Icon } from '../ui/icon';
import { isTooLong, maxMessageBytes } from './message-length';

/** The message box, with the buttons that send a message and stop the answer. */
@Component({
  selector: 'p-composer',
  imports: [Icon],
  templateUrl: './composer.html',
})
export class Composer {
  readonly #answers = inject(LiveAnswers);
  readonly #branch = inject(Branch);
  readonly #drafts = inject(Drafts);
  readonly #editing = inject(Editing);
  readonly #notices = inject(Notices);
  readonly #panels = inject(Panels);
  readonly #outgoing = inject(OutgoingMessages);
  readonly #server = inject(Server);
  protected readonly box = viewChild.required<ElementRef<HTMLTextAreaElement>>('box');
  /** On touch screens Enter starts a new line, because their keyboards have no Shift + Enter. */
  readonly #isTouchScreen = matchMedia('(pointer: coarse)').matches;

  protected readonly t = texts.composer;
  protected readonly text = this.#drafts.text;
  protected readonly isBusy = inject(OpenConversation).isBusy;
  protected readonly isEmpty = computed(() => this.text().trim() === '');
  protected readonly isTooLong = computed(() => isTooLong(this.text()));
  protected readonly maxKib = maxMessageBytes / 1024;

  constructor() {
    afterRenderEffect(() => {
      // On a touch screen focusing opens a keyboard that covers half of the page, so only do it on request.
      if (this.#panels.messageBoxFocusRequests() > 0 || !this.#isTouchScreen) this.#focus();
    });
    afterRenderEffect(() => {
      const box = this.box().nativeElement;
      if (box.value !== this.text()) box.value = this.text();
      box.style.height = 'auto';
      box.style.height = `${box.scrollHeight}px`;
    });
  }

  protected save(text: string): void {
    this.#drafts.save(text);
  }

  protected onKey(event: KeyboardEvent): void {
    if (isComposing(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      if (this.#isTouchScreen && !event.ctrlKey) return;
      event.preventDefault();
      this.send(event.ctrlKey || event.metaKey ? 'interrupt' : 'queue');
    }
    if (event.key === 'ArrowUp' && this.text() === '') {
      const last = this.#branch.messages().findLast(({ role }) => role === 'user');
      if (last === undefined || this.#outgoing.all().has(last.id)) return;
      event.preventDefault();
      this.#editing.start(last.id);
    }
  }

  /** @param onBusy what to do if an answer is being generated */
  protected send(onBusy: OnBusy): void {
    if (this.isEmpty() || this.isTooLong()) return;
    this.#outgoing.send(this.text(), this.isBusy() ? onBusy : undefined);
    this.save('');
    this.#focus();
  }

  /** Moves messages that are being sent back to the message box, and cancels the running answers. */
  protected async stop(): Promise<void> {
    const unsent = [...this.#outgoing.all().values()].filter(({ error }) => error === undefined);
    const texts = unsent.map(({ request }) => this.#outgoing.withdraw(request.id));
    if (texts.length > 0) this.save([...texts, this.text()].filter((text) => text !== '').join('\n\n'));
    this.#focus();
    try {
      await this.#answers.cancelAll();
    } catch (error) {
      this.#server.noteError(error);
      this.#notices.show(errorText(error));
    }
  }

  #focus(): void {
    const box = this.box().nativeElement;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }
}
