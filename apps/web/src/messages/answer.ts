import { Component, computed, inject, input, viewChild } from '@angular/core';
import { type Message } from '@parley/client';
import { Markdown } from '../markdown/markdown';
import { LiveAnswers } from '../open-conversation/live-answers';
import { texts } from '../texts/texts';
import { AnswerActions } from './answer-actions';
import { answerFacts, progressText, restartText } from './answer-facts';
import { AnswerProblem } from './answer-problem';
import { RunDetails } from './run-details';

/** An answer of the LLM, while it is generated and afterwards. */
@Component({
  selector: 'p-answer',
  imports: [AnswerActions, AnswerProblem, Markdown, RunDetails],
  templateUrl: './answer.html',
  host: { class: 'message from-llm', '[class.is-live]': 'isLive()' },
})
export class Answer {
  readonly message = input.required<Message>();
  readonly #answers = inject(LiveAnswers);

  protected readonly t = texts.answer;
  protected readonly label = texts.thread.answer;
  protected readonly live = computed(() => this.#answers.all().get(this.message().id));
  protected readonly isLive = computed(() => this.live()?.isFinished() === false);
  protected readonly text = computed(() =>
    this.isLive() ? (this.live()?.text() ?? '') : this.message().content,
  );
  protected readonly restart = computed(() => restartText(this.live()?.restarts() ?? []));
  protected readonly progress = computed(() => {
    if (!this.isLive()) return '';
    return progressText(this.live()?.connection() ?? 'open', this.text(), this.#isBehindAnother());
  });
  protected readonly markdown = viewChild(Markdown);
  /** The text is complete, but not all of it is shown yet. */
  protected readonly isRendering = computed(() => this.markdown()?.isSettled() === false);
  protected readonly isEmpty = computed(
    () => !this.isLive() && this.text() === '' && this.message().status === 'completed',
  );
  protected readonly facts = computed(() => answerFacts(this.message()));

  #isBehindAnother(): boolean {
    return this.message().status === 'queued' && this.#answers.running()[0] !== this.live();
  }
}
