import { type FormulaSource } from './formula-source';
import { typeset } from './typeset';

/** Typesets formulas: receives a list of {@link FormulaSource} and posts the results of {@link typeset}. */
addEventListener('message', ({ data }: MessageEvent<FormulaSource[]>) => postMessage(data.map(typeset)));
postMessage('ready');
