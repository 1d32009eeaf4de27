import { type WebSocket } from 'ws';
import { LlmFrameError } from '../../errors/answer-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type Handshake, type Learned } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { frameText } from '../frame-text.js';
import { type Inbox } from '../inbox.js';

/**
 * Runs a protocol's handshake on an open socket. Calls either `done` or `fail`, once; neither if the server stops
 * responding, for which the caller has a timeout.
 */
export function runHandshake(
  handshake: Handshake,
  webSocket: WebSocket,
  inbox: Inbox,
  redactor: SecretRedactor,
  done: (learned: Learned) => void,
  fail: (reason: Error) => void,
): void {
  let hasEnded = false;
  const advance = (...received: [] | [string]): void => {
    const step = handshake.next(...received);
    if (!step.done) {
      for (const frame of step.value) webSocket.send(frame);
      return;
    }
    hasEnded = true;
    inbox.pause();
    const { learned = {}, send = [] } = step.value ?? {};
    for (const frame of send) webSocket.send(frame);
    done(learned);
  };
  const attempt = (action: () => void): void => {
    if (hasEnded) return;
    try {
      action();
    } catch (cause) {
      hasEnded = true;
      fail(cause instanceof LlmError ? cause : new LlmFrameError('it does not fit the handshake', cause));
    }
  };
  attempt(() => advance());
  if (!hasEnded)
    inbox.read((data, isBinary) => attempt(() => advance(redactor.redact(frameText(data, isBinary, true)))));
}
