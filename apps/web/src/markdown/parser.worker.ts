import { blocksOf } from './parse';
import { bounded, type ParsedDocument, withinBounds } from './parsed-document';

/** Parses Markdown: receives a text and posts {@link ParsedDocument}, or undefined if the parser fails. */
addEventListener('message', ({ data }: MessageEvent<string>) => postMessage(parsed(data)));
postMessage('ready');

function parsed(text: string): ParsedDocument | undefined {
  try {
    const tokens = blocksOf(text);
    // Also bounded here, so that the message to the main thread is.
    return {
      blocks: [...withinBounds(0, tokens).map(bounded)],
      hasLinks: Object.keys(tokens.links).length > 0,
    };
  } catch {
    // Nested so deeply that the stack overflowed.
    return undefined;
  }
}
