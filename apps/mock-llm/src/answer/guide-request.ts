import { type HistoryMessage } from './reply-text.js';

/** The fields of a `guide` request that affect the answer. */
export interface GuideRequest {
  readonly message: string;
  readonly model: string | undefined;
  /** Repeated in every frame of the answer. */
  readonly requestId: string | number | undefined;
  readonly stream: boolean;
  readonly maxTokens: number | undefined;
  readonly history: readonly HistoryMessage[];
}

/** A parsed frame: its JSON object if it is one, and either a request or the problem with it. */
export interface ReadFrame {
  readonly frame: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | number | undefined;
  readonly request: GuideRequest | undefined;
  readonly problem: string | undefined;
}

/** Parses a frame of a client. Strict, so that mistakes of clients are detected. Never throws. */
export function readFrame(data: string): ReadFrame {
  const frame = parseObject(data);
  if (frame === null)
    return { frame, requestId: undefined, request: undefined, problem: 'not a JSON object' };
  const requestId = idOf(frame.request_id);
  const problem = problemOf(frame);
  if (problem !== undefined) return { frame, requestId, request: undefined, problem };
  const settings = asObject(frame.settings);
  const request: GuideRequest = {
    message: frame.message as string,
    model: typeof frame.model === 'string' ? frame.model : undefined,
    requestId,
    stream: settings.stream === true,
    maxTokens: settings.max_tokens as number | undefined,
    history: historyOf(frame),
  };
  return { frame, requestId, request, problem: undefined };
}

function problemOf(frame: Record<string, unknown>): string | undefined {
  const settings = asObject(frame.settings);
  const maxTokens = settings.max_tokens;
  if (typeof frame.message !== 'string') return 'message must be text';
  if (frame.request_id !== undefined && idOf(frame.request_id) === undefined)
    return 'request_id must be text';
  if (frame.settings !== undefined && !isObject(frame.settings)) return 'settings must be an object';
  if (settings.stream !== undefined && typeof settings.stream !== 'boolean')
    return 'settings.stream must be a boolean';
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && (maxTokens as number) > 0)) {
    return 'settings.max_tokens must be a whole number above 0';
  }
  return undefined;
}

function historyOf(frame: Record<string, unknown>): HistoryMessage[] {
  const { messages } = asObject(asObject(frame.metadata).session_context);
  if (!Array.isArray(messages)) return [];
  return messages.filter(
    (entry: unknown): entry is HistoryMessage =>
      isObject(entry) && typeof entry.role === 'string' && typeof entry.content === 'string',
  );
}

function parseObject(data: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function idOf(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
