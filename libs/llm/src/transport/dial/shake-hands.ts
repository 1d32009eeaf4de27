import { type WebSocket } from 'ws';
import { LlmFrameError } from '../../errors/answer-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type Handshake, type Learned } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { frameText } from '../frame-text.js';
import { type Inbox } from '../inbox.js';

/** Plays a protocol's handshake on an open socket; one of `done` and `fail` is called, unless the server falls silent. */
export function shakeHands(
  handshake: Handshake,
  webSocket: WebSocket,
  inbox: Inbox,
  redactor: SecretRedactor,
  done: (learned: Learned) => void,
  fail: (reason: Error) => void,
): void {
  let isOver = false;
  const advance = (...frame: [] | [string]): void => {
    const step = handshake.next(...frame);
    if (!step.done) {
      for (const said of step.value) webSocket.send(said);
      return;
    }
    isOver = true;
    inbox.wait();
    const { learned = {}, send = [] } = step.value ?? {};
    for (const said of send) webSocket.send(said);
    done(learned);
  };
  const attempt = (action: () => void): void => {
    if (isOver) return;
    try {
      action();
    } catch (cause) {
      isOver = true;
      fail(cause instanceof LlmError ? cause : new LlmFrameError('it does not fit the handshake', cause));
    }
  };
  attempt(() => advance());
  if (!isOver)
    inbox.read((data, isBinary) => attempt(() => advance(redactor.redact(frameText(data, isBinary, true)))));
}
