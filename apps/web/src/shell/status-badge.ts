import { Component, inject, signal } from '@angular/core';
import { LlmStatus } from '../server/llm-status';
import { texts } from '../texts/texts';
import { endpointFacts } from './endpoint-facts';

/** The status of the LLM servers. Pointing at it, focusing it or pressing it shows each server. */
@Component({
  selector: 'p-status-badge',
  template: `
    <div class="status" (mouseenter)="isShown.set(true)" (mouseleave)="isShown.set(false)">
      <button
        type="button"
        class="badge"
        [attr.data-short]="t.short"
        [class]="'is-' + llm.status()"
        [attr.aria-expanded]="isShown()"
        aria-controls="llm-servers"
        (click)="isShown.set(true)"
        (focus)="isShown.set(true)"
        (blur)="isShown.set(false)"
        (keydown.escape)="isShown.set(false)"
      >
        <span class="dot" aria-hidden="true"></span>
        <span class="badge-text">{{ t[llm.status()] }}</span>
      </button>
      <div id="llm-servers" class="popover" role="group" [attr.aria-label]="t.label" [hidden]="!isShown()">
        @for (endpoint of llm.report()?.endpoints; track endpoint.route + endpoint.url) {
          <div class="endpoint" [class]="'is-' + endpoint.status">
            <p class="endpoint-url"><span class="dot" aria-hidden="true"></span>{{ endpoint.url }}</p>
            <p class="meta">{{ factsOf(endpoint) }}</p>
          </div>
        } @empty {
          <p class="meta">{{ llm.report() === undefined ? t.none : t.operatorsOnly }}</p>
        }
      </div>
    </div>
  `,
})
export class StatusBadge {
  protected readonly t = texts.status;
  protected readonly llm = inject(LlmStatus);
  protected readonly isShown = signal(false);
  protected readonly factsOf = endpointFacts;
}
