import { storableJson, storableUpTo, printable } from '../storable-text.js';
import { type AnswerEnd } from './answer-assembly.js';
import { asCount, isForbiddenKey, isJsonObject, type JsonObject } from './json-values.js';
import { maxNameLength, type LlmUsage } from './protocol.js';
import { type SecretRedactor } from '../redaction/secret-redactor.js';

/** Most bytes of an answer's metadata as JSON; the same limit as for a request. */
export const maxMetadataBytes = 16 * 1024;

/** Deepest nesting of an answer's metadata; `{}` has depth 1. */
export const maxMetadataDepth = 10;

/** Marks metadata beyond the bounds until the answer ends. */
const oversized: JsonObject = Object.freeze({});

/** A fact of an answer that was dropped (`metadata`) or changed (`usage`) because it exceeded its bounds. */
export type ReducedFact = 'metadata' | 'usage';

/** Makes a name from a server, such as a model or a finish reason, short, printable and storable. */
export function asName(value: string): string {
  return printable(storableUpTo(maxNameLength, value));
}

/**
 * Makes the metadata of an answer storable; returns a marker for {@link boundedEnd} if it is too large, and undefined if it
 * is not an object.
 */
export function asMetadata(value: unknown): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  if (value === oversized || !fits(value)) return oversized;
  const metadata = storableJson(value);
  return metadata !== undefined && Buffer.byteLength(JSON.stringify(metadata)) <= maxMetadataBytes
    ? metadata
    : oversized;
}

/**
 * Brings every fact of an answer's end within its bounds, and redacts secrets in them. The text is not changed.
 * @returns the new end, and the facts that had to be reduced
 */
export function boundedEnd(
  end: AnswerEnd,
  redactor: SecretRedactor,
): { end: AnswerEnd; reduced: readonly ReducedFact[] } {
  const { usage, model, finishReason, metadata, ...text } = end;
  const counted = usage && boundedUsage(usage);
  const kept = metadata && asMetadata(metadata);
  const reduced: ReducedFact[] = [];
  if (kept === oversized) reduced.push('metadata');
  if (
    counted !== undefined &&
    tokenNames.some((name) => usage?.[name] !== undefined && counted[name] !== usage[name])
  )
    reduced.push('usage');
  return {
    end: {
      ...text,
      finishReason: asName(redactor.redact(String(finishReason))),
      ...(counted === undefined ? {} : { usage: counted }),
      ...(model === undefined ? {} : { model: asName(redactor.redact(String(model))) }),
      ...(kept === undefined ? {} : { metadata: redactor.redactJson(kept) }),
    },
    reduced,
  };
}

const tokenNames = ['inputTokens', 'outputTokens', 'totalTokens'] as const;

function boundedUsage(usage: LlmUsage): LlmUsage {
  const bounded: LlmUsage = {};
  for (const name of tokenNames) {
    const count = asCount(usage[name]);
    if (count !== undefined) bounded[name] = count;
  }
  const { inputTokens, outputTokens, totalTokens } = bounded;
  // Many servers send only the parts.
  if (totalTokens === undefined && inputTokens !== undefined && outputTokens !== undefined) {
    bounded.totalTokens = asCount(inputTokens + outputTokens)!;
  }
  return bounded;
}

/** Whether metadata is within size and depth; stops reading at the bound. */
function fits(metadata: JsonObject): boolean {
  let left = maxMetadataBytes;
  const fitsAt = (value: unknown, depth: number): boolean => {
    left -= typeof value === 'string' ? value.length + 2 : 1;
    if (left < 0) return false;
    if (typeof value !== 'object' || value === null) return true;
    if (depth === 0) return false;
    for (const key in value) {
      left -= Array.isArray(value) ? 0 : key.length + 3;
      if (left < 0 || isForbiddenKey(key)) return false;
      if (!fitsAt((value as Record<string, unknown>)[key], depth - 1)) return false;
    }
    return true;
  };
  return fitsAt(metadata, maxMetadataDepth);
}
