import { type Template } from '#llm';

/** A frame that was sent before the request, and the frames that had arrived since the one before it. */
export interface OpeningStep {
  /** The template of the frame. */
  send: Template;
  /** The frames of the server before it. */
  after: readonly string[];
}

/** One request in frames of an unknown protocol, and the whole response. */
export interface RawExchange {
  /** The template of the request frames, as in a description. */
  request: Template;
  /** The question that the request contains. */
  prompt: string;
  /** The request id, for templates that contain `{{id}}`. */
  id: string;
  /** Whether the id was sent as a number. */
  isNumericId: boolean;
  /** Whether the server has sent text in binary frames. */
  isBinary: boolean;
  /** How frames are packed; undefined if they are not. */
  framing: 'socket.io' | undefined;
  /** Frames that were sent before the request, such as one with a key. */
  opening: readonly OpeningStep[];
  /** Frames after the opening, before the request. */
  greeting: readonly string[];
  /** Frames after the request. */
  received: readonly string[];
  /** The close code; undefined if the server left the connection open. */
  closeCode: number | undefined;
  closeReason: string;
}
