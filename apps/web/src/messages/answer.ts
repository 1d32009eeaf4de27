import { Component, computed, inject, input } from '@angular/core';
import { type Message } from '@parley/client';
import { Markdown } from '../markdown/markdown';
import { texts } from '../texts/texts';
import { AnswerActions } from './answer-actions';
import { AnswerProblem } from './answer-problem';
import { Answers } from '../open-conversation/answers';
import { RunDetails } from './run-details';

/** What the LLM said, or is saying. */
@Component({
  selector: 'p-answer',
  imports: [AnswerActions, AnswerProblem, Markdown, RunDetails],
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
  /** What is said of the last time that the text started over; the details of the run tell of the others. */
  protected readonly restart = computed(() => {
    const restarts = this.live()?.restarts() ?? [];
    const last = restarts.at(-1);
    if (last === undefined) return '';
    const { endpoint, reason } = last;
    // Whoever takes over the run of another server cannot say yet where it is going to ask.
    const where = URL.canParse(endpoint) ? endpoint : undefined;
    return this.t.startedOver(restarts.length, where, this.t.restartReasons[reason] ?? reason);
  });
  protected readonly state = computed(() => {
    if (!this.isLive()) return '';
    const connection = this.live()?.connection() ?? 'fine';
    if (connection !== 'fine') return this.t[connection];
    if (this.text() !== '') return '';
    return this.#isBehindAnother() ? this.t.queued : this.t.thinking;
  });
  protected readonly facts = computed(() => {
    const { model, status, tokens_used } = this.message();
    return [
      ...(status === 'cancelled' ? [this.t.cancelled] : []),
      ...(model === null ? [] : [model]),
      ...(tokens_used === null ? [] : [this.t.tokens(tokens_used)]),
    ];
  });

  #isBehindAnother(): boolean {
    return this.message().status === 'queued' && this.#answers.running()[0] !== this.live();
  }
}
