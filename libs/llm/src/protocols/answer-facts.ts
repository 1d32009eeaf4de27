import { storableJson, storableUpTo, printable } from '../storable-text.js';
import { type AnswerEnd } from './answer-assembly.js';
import { asCount, isJsonObject, type JsonObject } from './json-values.js';
import { maxNameLength, type LlmUsage } from './protocol.js';
import { type SecretRedactor } from '../redaction/secret-redactor.js';

/** Most bytes of an answer's metadata as JSON: the same as of a request's. */
export const maxMetadataBytes = 16 * 1024;

/** Deepest nesting of an answer's metadata; `{}` has depth 1. */
export const maxMetadataDepth = 10;

/** Marks metadata beyond the bounds until the answer ends. */
const oversized: JsonObject = Object.freeze({});

/** Keys that mean something to JavaScript objects themselves. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A fact of an answer that was dropped (`metadata`), or changed to be within its bounds (`usage`). */
export type ReducedFact = 'metadata' | 'usage';

/** A name from a server, such as a model or a finish reason: bounded, printable and storable. */
export function asName(value: string): string {
  return printable(storableUpTo(maxNameLength, value));
}

/**
 * Storable metadata of an answer; a mark for {@link boundedEnd} if it is too large. Undefined if it is not an object.
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
 * The end of an answer of any protocol, with every fact within its bounds and without secrets; the answer itself is
 * kept in any case.
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
  if (counted !== undefined && tokenNames.some((name) => counted[name] !== usage?.[name]))
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
  return bounded;
}

/** Visits no more of a value than may be kept. */
function fits(metadata: JsonObject): boolean {
  let left = maxMetadataBytes;
  const fitsAt = (value: unknown, depth: number): boolean => {
    left -= typeof value === 'string' ? value.length + 2 : 1;
    if (left < 0) return false;
    if (typeof value !== 'object' || value === null) return true;
    if (depth === 0) return false;
    for (const key in value) {
      left -= Array.isArray(value) ? 0 : key.length + 3;
      if (left < 0 || forbiddenKeys.has(key)) return false;
      if (!fitsAt((value as Record<string, unknown>)[key], depth - 1)) return false;
    }
    return true;
  };
  return fitsAt(metadata, maxMetadataDepth);
}
