import { asMetadata, asName } from '../answer-facts.js';
import { asCount } from '../json-values.js';
import { type AnswerFacts, type LlmUsage } from '../protocol.js';
import { compileWhen } from './condition.js';
import { type ProtocolDescription } from './description.js';
import { type Location } from './mistakes.js';
import { compilePaths, compileText, MultipleValues } from './path.js';

/** Reads facts other than text from a frame; undefined if it contains none. */
export type ReadFacts = (frame: unknown) => AnswerFacts | undefined;

type ReadPart = (frame: unknown, facts: AnswerFacts) => AnswerFacts;

const none: AnswerFacts = Object.freeze({});

/** Compiles the paths of usage, model, finish reason and metadata; undefined if the description has none. */
export function compileFacts(description: ProtocolDescription, location: Location): ReadFacts | undefined {
  const parts = [
    usagePart(description, location.at('usage')),
    modelPart(description, location.at('model')),
    finishPart(description, location.at('finish_reason')),
    metadataPart(description, location.at('metadata')),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return (frame) => {
    let facts = none;
    for (const part of parts) facts = part(frame, facts);
    return facts === none ? undefined : facts;
  };
}

function usagePart({ usage }: ProtocolDescription, location: Location): ReadPart | undefined {
  if (usage === undefined) return undefined;
  const holds = usage.when === undefined ? undefined : compileWhen(usage.when, location.at('when'));
  const reads = (
    [
      ['inputTokens', compilePaths(usage.input, location.at('input'))],
      ['outputTokens', compilePaths(usage.output, location.at('output'))],
      ['totalTokens', compilePaths(usage.total, location.at('total'))],
    ] as const
  ).flatMap(([name, read]) => (read === undefined ? [] : [{ name, read }]));
  return (frame, facts) => {
    if (holds?.(frame) === false) return facts;
    let counted: LlmUsage | undefined;
    for (const { name, read } of reads) {
      const count = asCount(read(frame));
      if (count !== undefined) counted = { ...counted, [name]: count };
    }
    return counted === undefined ? facts : { ...facts, usage: counted };
  };
}

function modelPart({ model }: ProtocolDescription, location: Location): ReadPart | undefined {
  const read = compileText(model, location);
  return (
    read &&
    ((frame, facts) => {
      const name = read(frame);
      return name === undefined ? facts : { ...facts, model: asName(name) };
    })
  );
}

function finishPart({ finish_reason }: ProtocolDescription, location: Location): ReadPart | undefined {
  if (finish_reason === undefined) return undefined;
  const isPlain = typeof finish_reason === 'string' || !('path' in finish_reason);
  const paths = isPlain ? finish_reason : finish_reason.path;
  const values: Readonly<Record<string, string>> = isPlain ? {} : (finish_reason.values ?? {});
  const read = compileText(paths, isPlain ? location : location.at('path'));
  return (
    read &&
    ((frame, facts) => {
      const value = read(frame);
      if (value === undefined || value === '') return facts;
      const reason = Object.hasOwn(values, value) ? values[value]! : value;
      return { ...facts, finishReason: asName(reason) };
    })
  );
}

function metadataPart({ metadata }: ProtocolDescription, location: Location): ReadPart | undefined {
  const read = compilePaths(metadata, location);
  return (
    read &&
    ((frame, facts) => {
      const value = read(frame);
      const stored = value instanceof MultipleValues ? undefined : asMetadata(value);
      return stored === undefined ? facts : { ...facts, metadata: stored };
    })
  );
}
