import { type FormulaSource } from './formula-source';
import { typeset } from './typeset';

/** Typesets formulas: receives {@link FormulaSource} and posts the result of {@link typeset}. */
addEventListener('message', ({ data }: MessageEvent<FormulaSource>) => postMessage(typeset(data)));
postMessage('ready');
