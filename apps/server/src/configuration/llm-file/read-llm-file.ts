import { LineCounter, parseDocument } from 'yaml';
import { type Variables } from '../variables.js';
import { chainMistakes, type OuterLimits } from './chain-mistakes.js';
import { type LlmFile } from './llm-file.js';
import { type Mistake } from './mistake.js';
import { shownPointer, type Pointer } from './pointer.js';
import { schemaMistakes } from './schema-mistakes.js';
import { substituteVariables } from './substitute-variables.js';
import { syntaxMistakes } from './syntax-mistakes.js';
import { yamlValue, type Place } from './yaml-value.js';

/** What an LLM file says. */
export interface LlmFileReading {
  /** Undefined if there are mistakes. */
  file: LlmFile | undefined;
  /** One line each, in the order of the file: `llm.yaml:7:14 routes[0].name must …`. None shows a secret. */
  mistakes: string[];
  /** Whether the file has something to say there, right or wrong. */
  speaksOf: (pointer: Pointer) => boolean;
  /** The environment variables that it names. */
  variables: ReadonlySet<string>;
}

/**
 * Reads the text of an LLM file, YAML 1.2 or JSON.
 *
 * @param path what the file is called in messages
 * @param variables for `${NAME}`
 * @param limits what holds where the file says nothing else
 */
export function readLlmFile(
  text: string,
  path: string,
  variables: Variables,
  limits: OuterLimits,
): LlmFileReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number, message: string) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(line, 1)}:${Math.max(col, 1)} ${message}`;
  };
  const named = new Set<string>();
  const unreadable = syntaxMistakes(document);
  if (unreadable.length > 0) {
    const mistakes = unreadable.map(({ offset, message }) => lineAt(offset, message));
    return { file: undefined, mistakes, speaksOf: () => false, variables: named };
  }

  const inTexts: Mistake[] = [];
  const read = yamlValue(document, (written, at) => {
    const { text: value, names, mistakes } = substituteVariables(written, variables);
    for (const name of names) named.add(name);
    inTexts.push(...mistakes.map((message) => ({ at, message })));
    return value;
  });
  const found = [
    ...read.mistakes,
    ...inTexts,
    ...schemaMistakes(read.value),
    ...chainMistakes(read.value, limits),
  ];
  const mistakes = firstOfEachPlace(found)
    .map((mistake) => ({ mistake, offset: offsetOf(mistake, read.places) }))
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ mistake: { at, message }, offset }) => lineAt(offset, `${shownPointer(at)} ${message}`));
  return {
    file: mistakes.length === 0 ? (read.value as LlmFile) : undefined,
    mistakes,
    speaksOf: (pointer) => read.places.has(pointer),
    variables: named,
  };
}

/** What is wrong with a text by itself makes what else is said against it a mere consequence. */
function firstOfEachPlace(mistakes: readonly Mistake[]): Mistake[] {
  const byPlace = new Map<Pointer, Mistake>();
  for (const mistake of mistakes) if (!byPlace.has(mistake.at)) byPlace.set(mistake.at, mistake);
  return [...byPlace.values()];
}

/** Something missing is missing where it should be: in what is there around it. */
function offsetOf({ at, isKey = false }: Mistake, places: ReadonlyMap<Pointer, Place>): number {
  const place = places.get(at);
  if (place !== undefined) return isKey ? place.key : place.value;
  return places.get(at.slice(0, at.lastIndexOf('/')))?.value ?? 0;
}
