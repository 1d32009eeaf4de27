import { blocksOf } from './parse';
import { bounded, type ParsedDocument, withinBounds } from './parsed-document';

/** Parses Markdown: receives a text and posts {@link ParsedDocument}, or undefined if the parser fails. */
addEventListener('message', ({ data }: MessageEvent<string>) => postMessage(parsed(data)));
postMessage('ready');

function parsed(text: string): ParsedDocument | undefined {
  try {
    const tokens = blocksOf(text);
    // Bounded here as well, to limit the size of the message to the main thread.
    return {
      blocks: [...withinBounds(0, tokens).map(bounded)],
      hasLinks: Object.keys(tokens.links).length > 0,
    };
  } catch {
    // The text is nested so deeply that the stack has overflowed.
    return undefined;
  }
}
