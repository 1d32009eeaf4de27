import { type Template } from '#llm';

/** One request in frames of an unknown protocol, and the whole response. */
export interface RawExchange {
  /** The template of the request frames, as in a description. */
  request: Template;
  /** The question that the request contains. */
  prompt: string;
  /** The request id, for templates that contain `{{id}}`. */
  id: string;
  /** Frames before the request. */
  greeting: readonly string[];
  /** Frames after the request. */
  received: readonly string[];
  /** The close code; undefined if the server left the connection open. */
  closeCode: number | undefined;
  closeReason: string;
}
