import { LlmFrameError } from '../errors/answer-errors.js';
import { type FrameSeparator } from '../protocols/connection-rules.js';

/** Most bytes of a frame that are kept until its separator arrives. */
export const maxUnfinishedFrameBytes = 1024 * 1024;

/** Most frames in one message. */
export const maxFramesPerMessage = 10_000;

/**
 * Divides messages into frames, for servers that put several frames into a message or one frame into several messages.
 * Works on bytes: a separator never begins inside a character of UTF-8.
 */
export class FrameSplitter {
  readonly #separator: Buffer;
  readonly #isComplete: FrameSeparator['isComplete'];
  #unfinished: Buffer[] = [];
  #unfinishedBytes = 0;
  /** Whether a message has ended with the separator. Then text without one is always unfinished. */
  #isTerminated = false;

  constructor({ text, isComplete }: FrameSeparator) {
    this.#separator = Buffer.from(text);
    this.#isComplete = isComplete;
  }

  /**
   * Adds a message. @returns the frames that it completes, without separators and empty frames
   * @throws LlmFrameError if the message has too many frames, or an unfinished frame is too long
   */
  push(message: Buffer): Buffer[] {
    const frames: Buffer[] = [];
    let from = 0;
    for (let count = 0; ; count += 1) {
      const at = message.indexOf(this.#separator, from);
      if (at < 0) break;
      if (count === maxFramesPerMessage) {
        throw new LlmFrameError(`a message has more than ${maxFramesPerMessage} separators`);
      }
      const frame = this.#finish(message.subarray(from, at));
      if (frame.length > 0) frames.push(frame);
      from = at + this.#separator.length;
    }
    const rest = message.subarray(from);
    if (rest.length === 0) this.#isTerminated ||= from > 0;
    else if (this.#isWhole(rest)) frames.push(rest);
    else this.#keep(rest);
    return frames;
  }

  /** Each text is tested once, so that many small messages cost no more than one. */
  #isWhole(rest: Buffer): boolean {
    return this.#unfinishedBytes === 0 && !this.#isTerminated && this.#isComplete(rest.toString());
  }

  #keep(part: Buffer): void {
    this.#unfinished.push(part);
    this.#unfinishedBytes += part.length;
    if (this.#unfinishedBytes > maxUnfinishedFrameBytes) {
      throw new LlmFrameError(
        `a frame without its separator is longer than ${maxUnfinishedFrameBytes} bytes`,
      );
    }
  }

  #finish(end: Buffer): Buffer {
    if (this.#unfinishedBytes === 0) return end;
    const frame = Buffer.concat([...this.#unfinished, end]);
    this.#unfinished = [];
    this.#unfinishedBytes = 0;
    return frame;
  }
}
