import { Injectable } from '@nestjs/common';
import { ChatObserver } from '#chat';
import { LlmClient } from '#llm';
import { Counter } from 'prom-client';
import { AttemptCounter } from './attempt-counter.js';
import { MetricsRegistry } from './metrics-registry.js';
import { RunCounter } from './run-counter.js';

/** Counts the typed events of `ChatObserver` and `LlmClient`. No other class counts them. */
@Injectable()
export class EventCounter {
  constructor(registry: MetricsRegistry, client: LlmClient, chat: ChatObserver) {
    const attempts = new AttemptCounter(registry, client.state);
    const opened = connectionCounter(registry, 'opened');
    const closed = connectionCounter(registry, 'closed');
    const reduced = new Counter({
      name: 'parley_llm_reduced_answers_total',
      help: 'Answers whose metadata was dropped or whose token counts were clamped, as they exceeded their bounds.',
      labelNames: ['route', 'endpoint', 'part'],
      registers: [registry],
    });
    client.observer.on('attempt', (attempt) => {
      attempts.count(attempt);
      const { route, endpoint } = attempt;
      for (const part of attempt.reduced) reduced.inc({ route, endpoint, part });
    });
    const refused = new Counter({
      name: 'parley_llm_refused_requests_total',
      help: 'Requests rejected before anything was stored, as the queue (llm_overloaded) or the share of their owner (owner_limit) was full.',
      labelNames: ['code'],
      registers: [registry],
    });
    for (const code of ['llm_overloaded', 'owner_limit']) refused.inc({ code }, 0);
    client.observer.on('refused', (code) => refused.inc({ code }));
    const unknownFrames = new Counter({
      name: 'parley_llm_unknown_frames_total',
      help: 'Frames of LLM servers that their protocol does not know and that were passed over.',
      labelNames: ['endpoint'],
      registers: [registry],
    });
    client.observer.on('unknownFrame', (endpoint) => unknownFrames.inc({ endpoint }));
    client.observer.on('connectionOpened', (endpoint) => opened.inc({ endpoint }));
    client.observer.on('connectionClosed', (endpoint) => closed.inc({ endpoint }));
    new RunCounter(registry, client.state[0]?.route).subscribe(chat);
  }
}

/** Has no label for the reason of a close, which is free text of the server. */
function connectionCounter(registry: MetricsRegistry, change: 'opened' | 'closed'): Counter<'endpoint'> {
  return new Counter({
    name: `parley_llm_connections_${change}_total`,
    help: `Connections that were ${change}.`,
    labelNames: ['endpoint'],
    registers: [registry],
  });
}
