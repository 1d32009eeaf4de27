import { bounded, type Parsed, withinBounds } from './parsed';
import { blocksOf } from './parse';

/** Parses Markdown: takes a text, answers {@link Parsed}, or undefined for a text that the parser fails at. */
addEventListener('message', ({ data }: MessageEvent<string>) => postMessage(parsed(data)));
postMessage('ready');

function parsed(text: string): Parsed | undefined {
  try {
    const tokens = blocksOf(text);
    // Bounded here too, so that what is posted to the main thread is.
    return {
      blocks: [...withinBounds(0, tokens).map(bounded)],
      hasLinks: Object.keys(tokens.links).length > 0,
    };
  } catch {
    // Nested so deeply that the stack was too small.
    return undefined;
  }
}
