import { Component, inject, input, signal } from '@angular/core';
import { type Run } from '@parley/client';
import { Server } from '../server/server';
import { texts } from '../texts/texts';

/** A table of a run's attempts, loaded when it is opened. */
@Component({
  selector: 'p-run-details',
  template: `
    <details class="run-details" (toggle)="load()">
      <summary>{{ t.details }}</summary>
      @if (run(); as run) {
        @if (run.error; as error) {
          <p class="meta">
            {{ error.message }} (<code>{{ error.code }}</code
            >)
          </p>
        }
        <div class="table-frame" tabindex="0">
          <table>
            <thead>
              <tr>
                <th>{{ t.attempt }}</th>
                <th>{{ t.endpoint }}</th>
                <th>{{ t.outcome }}</th>
                <th>{{ t.duration }}</th>
              </tr>
            </thead>
            <tbody>
              @for (attempt of run.attempts; track attempt.number) {
                <tr>
                  <td>{{ attempt.number }}</td>
                  <td>{{ attempt.endpoint }}</td>
                  <td>{{ attempt.error_code ?? attempt.outcome }}</td>
                  <td>{{ t.time(attempt.duration_ms) }}</td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      } @else if (hasFailed()) {
        <p class="meta">{{ t.detailsFailed }}</p>
      }
    </details>
  `,
})
export class RunDetails {
  readonly runId = input.required<string>();
  readonly #server = inject(Server);
  protected readonly t = texts.answer;
  protected readonly run = signal<Run | undefined>(undefined);
  protected readonly hasFailed = signal(false);

  protected async load(): Promise<void> {
    if (this.run() !== undefined) return;
    try {
      this.run.set(await this.#server.track(this.#server.client.getRun(this.runId())));
    } catch {
      this.hasFailed.set(true);
    }
  }
}
