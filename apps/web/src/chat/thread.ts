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
import { UserMessage } from '../messages/user-message';
import { Branch } from '../open-conversation/branch';
import { OutgoingMessages } from '../open-conversation/outgoing-messages';
import { PageLocation } from '../page/page-location';
import { texts } from '../texts/texts';
import { Icon } from '../ui/icon';
import { followsAfterScroll, type ScrollPosition } from './follow-scroll';

/** The messages of the branch that is shown. The view follows new text unless the user has scrolled up. */
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
  readonly #location = inject(PageLocation);
  readonly #outgoing = inject(OutgoingMessages);
  protected readonly view = viewChild.required<ElementRef<HTMLElement>>('view');
  protected readonly content = viewChild.required<ElementRef<HTMLElement>>('content');
  readonly #observer = new ResizeObserver(() => this.#follow());
  #scrolledToMessage: string | undefined;
  #lastPosition: ScrollPosition = { scrollTop: 0, clientHeight: 0, scrollHeight: 0 };

  protected readonly t = texts.thread;
  protected readonly branch = inject(Branch);
  protected readonly isAtEnd = signal(true);

  constructor() {
    afterRenderEffect(() => {
      this.#observer.observe(this.view().nativeElement);
      this.#observer.observe(this.content().nativeElement);
    });
    afterRenderEffect(() => {
      if (this.#outgoing.all().size > 0) this.toEnd();
    });
    afterRenderEffect(() => {
      const { messageId } = this.#location.address();
      if (messageId === this.#scrolledToMessage || this.branch.messages().length === 0) return;
      this.#scrolledToMessage = messageId;
      if (messageId !== undefined) this.#scrollTo(messageId);
    });
  }

  ngOnDestroy(): void {
    this.#observer.disconnect();
  }

  protected onScroll(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.view().nativeElement;
    const position = { scrollTop, clientHeight, scrollHeight };
    this.isAtEnd.set(followsAfterScroll(this.isAtEnd(), this.#lastPosition, position));
    this.#lastPosition = position;
  }

  /** Turning the wheel up stops following before the first scroll event arrives. */
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

  #scrollTo(messageId: string): void {
    const element = document.getElementById(`m-${messageId}`);
    if (element === null) return;
    this.isAtEnd.set(false);
    this.#lastPosition = { scrollTop: 0, clientHeight: 0, scrollHeight: 0 };
    element.scrollIntoView({ block: 'center' });
    this.onScroll();
    element.classList.add('is-found');
  }
}
