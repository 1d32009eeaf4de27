import { type Template } from '#llm';

/** One question in frames of no known protocol, and everything that came back. */
export interface RawExchange {
  /** What was sent, as a description would say it. */
  request: Template;
  /** The question in it. */
  prompt: string;
  /** The name that the request was given in it, wherever it has one. */
  id: string;
  /** Came before anything was sent. */
  greeting: readonly string[];
  heard: readonly string[];
  /** The code that the server closed the connection with, if it did. */
  closeCode: number | undefined;
  closeReason: string;
}
