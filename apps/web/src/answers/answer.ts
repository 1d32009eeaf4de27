import { Component, computed, inject, input } from '@angular/core';
import { type Message } from '@parley/client';
import { Markdown } from '../markdown/markdown';
import { texts } from '../texts/texts';
import { AnswerActions } from './answer-actions';
import { AnswerProblem } from './answer-problem';
import { Answers } from './answers';

/** What the LLM said, or is saying. */
@Component({
  selector: 'p-answer',
  imports: [AnswerActions, AnswerProblem, Markdown],
  templateUrl: './answer.html',
  host: { class: 'message from-llm', '[class.is-live]': 'isLive()' },
})
export class Answer {
  readonly message = input.required<Message>();
  readonly #answers = inject(Answers);

  protected readonly t = texts.answer;
  protected readonly label = texts.thread.answer;
  protected readonly live = computed(() => this.#answers.all().get(this.message().id));
  protected readonly isLive = computed(() => this.live()?.isOver() === false);
  protected readonly text = computed(() =>
    this.isLive() ? (this.live()?.text() ?? '') : this.message().content,
  );
  protected readonly restarts = computed(() => this.live()?.restarts() ?? []);
  protected readonly state = computed(() => {
    if (!this.isLive()) return '';
    if (this.live()?.isCut() === true) return this.t.reconnecting;
    if (this.text() !== '') return '';
    return this.#isBehindAnother() ? this.t.queued : this.t.thinking;
  });
  protected readonly facts = computed(() => {
    const { model, tokens_used } = this.message();
    return [model ?? '', tokens_used === null ? '' : this.t.tokens(tokens_used)].filter(
      (fact) => fact !== '',
    );
  });

  protected reasonOf(code: string): string {
    return this.t.restartReasons[code] ?? code;
  }

  #isBehindAnother(): boolean {
    return this.message().status === 'queued' && this.#answers.running()[0] !== this.live();
  }
}
