import { LineCounter, parseDocument } from 'yaml';
import { type Mistake } from './mistake.js';
import { shownPointer, type Pointer } from './pointer.js';
import { syntaxMistakes } from './syntax-mistakes.js';
import { yamlValue, type Place } from './yaml-value.js';

/** What a YAML file says. */
export interface YamlFileReading<T> {
  /** Undefined if there are mistakes. */
  value: T | undefined;
  /** One line each, in the order of the file: `llm.yaml:7:14 routes[0].name must …`. None shows a secret. */
  mistakes: string[];
  /** Whether the file has something to say there, right or wrong. */
  speaksOf: (pointer: Pointer) => boolean;
}

/** What a text in a file stands for, and what is wrong with it. */
export type ReadText = (written: string) => { text: string; mistakes: readonly string[] };

const asWritten: ReadText = (text) => ({ text, mistakes: [] });

/**
 * Reads the text of a file, YAML 1.2 or JSON.
 *
 * @param path what the file is called in messages
 * @param judge what is wrong with what it says; what comes first for a place counts
 */
export function readYamlFile<T>(
  text: string,
  path: string,
  judge: (value: unknown) => readonly Mistake[],
  readText = asWritten,
): YamlFileReading<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number, message: string) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(line, 1)}:${Math.max(col, 1)} ${message}`;
  };
  const unreadable = syntaxMistakes(document);
  if (unreadable.length > 0) {
    const mistakes = unreadable.map(({ offset, message }) => lineAt(offset, message));
    return { value: undefined, mistakes, speaksOf: () => false };
  }

  const inTexts: Mistake[] = [];
  const read = yamlValue(document, (written, at) => {
    const { text: value, mistakes } = readText(written);
    inTexts.push(...mistakes.map((message) => ({ at, message })));
    return value;
  });
  const found = [...read.mistakes, ...inTexts, ...judge(read.value)];
  const mistakes = firstOfEachPlace(found)
    .map((mistake) => ({ mistake, offset: offsetOf(mistake, read.places) }))
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ mistake: { at, message }, offset }) => lineAt(offset, `${shownPointer(at)} ${message}`));
  return {
    value: mistakes.length === 0 ? (read.value as T) : undefined,
    mistakes,
    speaksOf: (pointer) => read.places.has(pointer),
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
