import { Injectable } from '@nestjs/common';
import { ChatObserver } from '#chat';
import { LlmClient } from '#llm';
import { Logger } from './logger.js';

/** Writes the typed events of the modules to the log. No other code logs them. */
@Injectable()
export class EventLog {
  constructor({ observer }: LlmClient, chat: ChatObserver, log: Logger) {
    observer.on('attempt', ({ label, ...attempt }) => {
      if (attempt.outcome === 'failed') log.event('warn', 'LLM attempt failed', { run_id: label, attempt });
      if (attempt.reduced.length > 0) {
        const { route, endpoint, reduced } = attempt;
        log.event('warn', 'parts of an LLM answer exceeded their bounds', {
          run_id: label,
          route,
          endpoint,
          reduced,
        });
      }
    });
    observer.on('connectionOpened', (endpoint) => log.event('debug', 'LLM connection opened', { endpoint }));
    observer.on('connectionClosed', (endpoint, reason) =>
      log.event('debug', 'LLM connection closed', { endpoint, reason }),
    );
    observer.on('unknownFrame', (endpoint, detail, isFirst) => {
      if (isFirst) log.event('info', 'passed over a frame of an LLM server', { endpoint, detail });
    });
    observer.on('reuseChanged', (endpoint, reuse, reason) =>
      log.event(reuse === 'never' ? 'warn' : 'debug', 'the reuse of LLM connections has changed', {
        endpoint,
        reuse,
        reason,
      }),
    );
    chat.on('runFinished', ({ id, status, error, attempts }) => {
      if (error !== null)
        log.event('warn', 'run did not complete', { run_id: id, status, error, attempts: attempts.length });
    });
    chat.on('storeDelayed', (run_id, err) =>
      log.event('warn', 'the end of a run is not stored yet: retrying', { run_id, err }),
    );
    chat.on('storeFailed', (run_id, err) =>
      log.event('error', 'the end of a run was not stored', { run_id, err }),
    );
    chat.on('storeReduced', (run_id, err) =>
      log.event('error', 'PostgreSQL rejected the end of a run: it was stored without some of its data', {
        run_id,
        err,
      }),
    );
    chat.on('runsClaimed', (count) =>
      log.event('warn', 'took over runs of a server that died or stopped', { count }),
    );
    chat.on('retentionFailed', (err) =>
      log.event('warn', 'expired conversations could not be deleted', { err }),
    );
    chat.on('leaseFailed', (err) => log.event('warn', 'run leases could not be renewed', { err }));
    chat.on('checkpointFailed', (err) =>
      log.event('warn', 'the text of running answers could not be stored', { err }),
    );
    chat.on('followFailed', (err) =>
      log.event('warn', 'runs of other servers could not be followed', { err }),
    );
    chat.on('defect', (run_id, err) => log.event('error', 'unexpected error in a run', { run_id, err }));
  }
}
