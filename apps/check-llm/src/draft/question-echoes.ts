import { type Leaves } from './leaves.js';

/** Frames of an answer, without those that only repeat the question, and without paths that repeat it in every frame. */
export interface WithoutQuestion {
  /** Frames that repeat the question where others have text. */
  echoes: readonly Leaves[];
  /** The other frames. */
  others: readonly Leaves[];
  /** Paths at which frames of the answer repeat the question. */
  questionPaths: ReadonlySet<string>;
}

/** Finds the question in the frames. A frame may repeat it beside its part of the answer. */
export function separateQuestion(frames: readonly Leaves[], prompt: string): WithoutQuestion {
  const repeats = (value: unknown): boolean => typeof value === 'string' && value.includes(prompt);
  const paths = new Set(frames.flatMap((leaves) => [...leaves.keys()]));
  const repeating = [...paths].filter((path) => frames.some((leaves) => repeats(leaves.get(path))));
  // A path with other texts, too, is the one of the answer: there, the question is an echo.
  const answerPaths = repeating.filter((path) =>
    frames.some((leaves) => {
      const value = leaves.get(path);
      return typeof value === 'string' && value.trim() !== '' && !repeats(value);
    }),
  );
  const echoes = frames.filter((leaves) => answerPaths.some((path) => leaves.get(path) === prompt));
  const others = frames.filter((leaves) => !echoes.includes(leaves));
  return {
    echoes,
    others,
    questionPaths: new Set(repeating.filter((path) => !answerPaths.includes(path))),
  };
}
