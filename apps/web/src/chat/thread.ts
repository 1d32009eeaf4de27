import {
  afterRenderEffect,
  Component,
  type ElementRef,
  inject,
  type OnDestroy,
  signal,
  viewChild,
} from '@angular/core';
import { Answer } from '../messages/answer';
import { Route } from '../page/route';
import { texts } from '../texts/texts';
import { Icon } from '../ui/icon';
import { Branch } from '../open-conversation/branch';
import { Sending } from '../open-conversation/sending';
import { UserMessage } from '../messages/user-message';

/** Who reads so near to the end, in pixels, wants to go on seeing the end. */
const nearPx = 80;

/** What was said. It follows an answer that is being written, unless its reader has scrolled away. */
@Component({
  selector: 'p-thread',
  imports: [Answer, Icon, UserMessage],
  template: `
    <main #view class="thread" tabindex="0" (scroll)="onScroll()" (wheel)="onWheel($event)">
      <div #content class="messages" role="log" aria-live="off" [attr.aria-label]="t.label">
        @for (message of branch.messages(); track message.id) {
          @if (message.role === 'user') {
            <p-user-message [id]="'m-' + message.id" [message]="message" />
          } @else {
            <p-answer [id]="'m-' + message.id" [message]="message" />
          }
        }
      </div>
    </main>
    @if (!isAtEnd()) {
      <button type="button" class="round to-end" [attr.aria-label]="t.toLatest" (click)="toEnd()">
        <p-icon name="toEnd" />
      </button>
    }
  `,
})
export class Thread implements OnDestroy {
  readonly #route = inject(Route);
  readonly #sending = inject(Sending);
  protected readonly view = viewChild.required<ElementRef<HTMLElement>>('view');
  protected readonly content = viewChild.required<ElementRef<HTMLElement>>('content');
  readonly #observer = new ResizeObserver(() => this.#follow());
  #shownMessage: string | undefined;
  #last = { scrollTop: 0, scrollHeight: 0 };

  protected readonly t = texts.thread;
  protected readonly branch = inject(Branch);
  protected readonly isAtEnd = signal(true);

  constructor() {
    afterRenderEffect(() => {
      this.#observer.observe(this.view().nativeElement);
      this.#observer.observe(this.content().nativeElement);
    });
    afterRenderEffect(() => {
      if (this.#sending.outgoing().size > 0) this.toEnd();
    });
    afterRenderEffect(() => {
      const { messageId } = this.#route.place();
      if (messageId === this.#shownMessage || this.branch.messages().length === 0) return;
      this.#shownMessage = messageId;
      if (messageId !== undefined) this.#show(messageId);
    });
  }

  ngOnDestroy(): void {
    this.#observer.disconnect();
  }

  protected onScroll(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.view().nativeElement;
    const goesUp = scrollTop < this.#last.scrollTop && scrollHeight >= this.#last.scrollHeight;
    this.#last = { scrollTop, scrollHeight };
    this.isAtEnd.set(!goesUp && scrollTop + clientHeight >= scrollHeight - nearPx);
  }

  /** Whoever turns the wheel back wants to get away, before the first step has been taken. */
  protected onWheel({ deltaY }: WheelEvent): void {
    if (deltaY < 0 && this.view().nativeElement.scrollTop > 0) this.isAtEnd.set(false);
  }

  protected toEnd(): void {
    this.isAtEnd.set(true);
    this.#follow();
  }

  #follow(): void {
    const view = this.view().nativeElement;
    if (this.isAtEnd()) view.scrollTop = view.scrollHeight;
  }

  #show(messageId: string): void {
    const element = document.getElementById(`m-${messageId}`);
    if (element === null) return;
    this.isAtEnd.set(false);
    element.scrollIntoView({ block: 'center' });
    this.onScroll();
    element.classList.add('is-found');
  }
}
