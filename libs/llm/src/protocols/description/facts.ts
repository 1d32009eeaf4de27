import { asMetadata, asName } from '../answer-facts.js';
import { asCount } from '../json-values.js';
import { type AnswerFacts, type LlmUsage } from '../protocol.js';
import { compileWhen } from './condition.js';
import { type ProtocolDescription } from './description.js';
import { type Place } from './mistakes.js';
import { compilePaths, compileText, Many } from './path.js';

/** What a frame says beside the text; undefined if it says nothing. */
export type ReadFacts = (frame: unknown) => AnswerFacts | undefined;

type ReadPart = (frame: unknown, facts: AnswerFacts) => AnswerFacts;

const none: AnswerFacts = Object.freeze({});

export function compileFacts(description: ProtocolDescription, place: Place): ReadFacts | undefined {
  const parts = [
    usagePart(description, place.at('usage')),
    modelPart(description, place.at('model')),
    finishPart(description, place.at('finish_reason')),
    metadataPart(description, place.at('metadata')),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return (frame) => {
    let facts = none;
    for (const part of parts) facts = part(frame, facts);
    return facts === none ? undefined : facts;
  };
}

function usagePart({ usage }: ProtocolDescription, place: Place): ReadPart | undefined {
  if (usage === undefined) return undefined;
  const holds = usage.when === undefined ? undefined : compileWhen(usage.when, place.at('when'));
  const reads = (
    [
      ['inputTokens', compilePaths(usage.input, place.at('input'))],
      ['outputTokens', compilePaths(usage.output, place.at('output'))],
      ['totalTokens', compilePaths(usage.total, place.at('total'))],
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

function modelPart({ model }: ProtocolDescription, place: Place): ReadPart | undefined {
  const read = compileText(model, place);
  return (
    read &&
    ((frame, facts) => {
      const name = read(frame);
      return name === undefined ? facts : { ...facts, model: asName(name) };
    })
  );
}

function finishPart({ finish_reason }: ProtocolDescription, place: Place): ReadPart | undefined {
  if (finish_reason === undefined) return undefined;
  const isPlain = typeof finish_reason === 'string' || !('path' in finish_reason);
  const paths = isPlain ? finish_reason : finish_reason.path;
  const values: Readonly<Record<string, string>> = isPlain ? {} : (finish_reason.values ?? {});
  const read = compileText(paths, isPlain ? place : place.at('path'));
  return (
    read &&
    ((frame, facts) => {
      const said = read(frame);
      if (said === undefined || said === '') return facts;
      const reason = Object.hasOwn(values, said) ? values[said]! : said;
      return { ...facts, finishReason: asName(reason) };
    })
  );
}

function metadataPart({ metadata }: ProtocolDescription, place: Place): ReadPart | undefined {
  const read = compilePaths(metadata, place);
  return (
    read &&
    ((frame, facts) => {
      const value = read(frame);
      const stored = value instanceof Many ? undefined : asMetadata(value);
      return stored === undefined ? facts : { ...facts, metadata: stored };
    })
  );
}
