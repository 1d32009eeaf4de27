import { afterRenderEffect, Component, computed, type ElementRef, inject, viewChild } from '@angular/core';
import { type OnBusy } from '@parley/client';
import { Answers } from '../open-conversation/answers';
import { Server, sentenceFor } from '../server/server';
import { Notices } from '../page/notices';
import { Panels } from '../page/panels';
import { texts } from '../texts/texts';
import { Icon } from '../ui/icon';
import { Branch } from '../open-conversation/branch';
import { Chat } from '../open-conversation/chat';
import { Drafts } from '../open-conversation/drafts';
import { Editing } from '../open-conversation/editing';
import { Sending } from '../open-conversation/sending';

/** Longest message that the server takes, in bytes of UTF-8. */
const longestBytes = 256 * 1024;

/** The box for the next message. */
@Component({
  selector: 'p-composer',
  imports: [Icon],
  templateUrl: './composer.html',
})
export class Composer {
  readonly #answers = inject(Answers);
  readonly #branch = inject(Branch);
  readonly #drafts = inject(Drafts);
  readonly #editing = inject(Editing);
  readonly #notices = inject(Notices);
  readonly #panels = inject(Panels);
  readonly #sending = inject(Sending);
  readonly #server = inject(Server);
  protected readonly box = viewChild.required<ElementRef<HTMLTextAreaElement>>('box');
  /** Their Enter key starts a new line: there is no other. */
  readonly #isTouched = matchMedia('(pointer: coarse)').matches;

  protected readonly t = texts.composer;
  protected readonly text = this.#drafts.text;
  protected readonly isBusy = inject(Chat).isBusy;
  protected readonly isEmpty = computed(() => this.text().trim() === '');
  protected readonly isTooLong = computed(
    () =>
      this.text().length > longestBytes / 4 && new TextEncoder().encode(this.text()).length > longestBytes,
  );
  protected readonly longestKib = longestBytes / 1024;

  constructor() {
    afterRenderEffect(() => {
      // On a touch screen the focus brings up a keyboard that covers half of what is there.
      if (this.#panels.writes() > 0 || !this.#isTouched) this.#focus();
    });
    afterRenderEffect(() => {
      const box = this.box().nativeElement;
      if (box.value !== this.text()) box.value = this.text();
      box.style.height = 'auto';
      box.style.height = `${box.scrollHeight}px`;
    });
  }

  protected write(text: string): void {
    this.#drafts.write(text);
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      if (this.#isTouched && !event.ctrlKey) return;
      event.preventDefault();
      this.send(event.ctrlKey || event.metaKey ? 'interrupt' : 'queue');
    }
    if (event.key === 'ArrowUp' && this.text() === '') {
      const last = this.#branch.messages().findLast(({ role }) => role === 'user');
      if (last === undefined || this.#sending.outgoing().has(last.id)) return;
      event.preventDefault();
      this.#editing.begin(last.id);
    }
  }

  /** @param onBusy what to do with an answer that is being written */
  protected send(onBusy: OnBusy): void {
    if (this.isEmpty() || this.isTooLong()) return;
    this.#sending.send(this.text(), this.isBusy() ? onBusy : undefined);
    this.write('');
    this.#focus();
  }

  protected async stop(): Promise<void> {
    const waiting = [...this.#sending.outgoing().values()].filter(({ error }) => error === undefined);
    const texts = waiting.map(({ request }) => this.#sending.takeBack(request.id));
    if (texts.length > 0) this.write([...texts, this.text()].filter((text) => text !== '').join('\n\n'));
    this.#focus();
    try {
      await this.#answers.stop();
    } catch (error) {
      this.#server.learnFrom(error);
      this.#notices.show(sentenceFor(error));
    }
  }

  #focus(): void {
    const box = this.box().nativeElement;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }
}
