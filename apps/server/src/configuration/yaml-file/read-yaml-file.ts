import { LineCounter, parseDocument } from 'yaml';
import { type Mistake } from './mistake.js';
import { shownPointer, type Pointer } from './pointer.js';
import { syntaxMistakes } from './syntax-mistakes.js';
import { yamlValue, type Offsets } from './yaml-value.js';

/** The result of parsing a YAML file. */
export interface YamlFileReading<T> {
  /** Undefined if there are mistakes. */
  value: T | undefined;
  /** One line each, in the order of the file, without secrets: `llm.yaml:7:14 routes[0].name must …`. */
  mistakes: string[];
  /** Whether the file contains a value there, valid or not. */
  hasValueAt: (pointer: Pointer) => boolean;
}

/** Converts a text of the file, for example by substituting variables. */
export type ReadText = (written: string) => { text: string; mistakes: readonly string[] };

const asWritten: ReadText = (text) => ({ text, mistakes: [] });

/**
 * Parses a file, in YAML 1.2 or JSON.
 * @param path the name of the file in messages
 * @param validate finds mistakes in the value; of several for the same part, the first is reported
 * @param readText converts each text of the file
 */
export function readYamlFile<T>(
  text: string,
  path: string,
  validate: (value: unknown) => readonly Mistake[],
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
    return { value: undefined, mistakes, hasValueAt: () => false };
  }

  const inTexts: Mistake[] = [];
  const read = yamlValue(document, (written, at) => {
    const { text: value, mistakes } = readText(written);
    inTexts.push(...mistakes.map((message) => ({ at, message })));
    return value;
  });
  const found = [...read.mistakes, ...inTexts, ...validate(read.value)];
  const mistakes = firstOfEachPart(found)
    .map((mistake) => ({ mistake, offset: offsetOf(mistake, read.offsets) }))
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ mistake: { at, message }, offset }) => lineAt(offset, `${shownPointer(at)} ${message}`));
  return {
    value: mistakes.length === 0 ? (read.value as T) : undefined,
    mistakes,
    hasValueAt: (pointer) => read.offsets.has(pointer),
  };
}

/** The first mistake of each part: later ones usually follow from it. */
function firstOfEachPart(mistakes: readonly Mistake[]): Mistake[] {
  const byPointer = new Map<Pointer, Mistake>();
  for (const mistake of mistakes) if (!byPointer.has(mistake.at)) byPointer.set(mistake.at, mistake);
  return [...byPointer.values()];
}

/** The offset of a mistake in the text. A missing part has that of its parent. */
function offsetOf({ at, isKey = false }: Mistake, offsets: ReadonlyMap<Pointer, Offsets>): number {
  const own = offsets.get(at);
  if (own !== undefined) return isKey ? own.key : own.value;
  return offsets.get(at.slice(0, at.lastIndexOf('/')))?.value ?? 0;
}
