import { Parser } from 'htmlparser2';
import { LlmFrameError } from '../../errors/answer-errors.js';

/** Deepest nesting of elements in HTML that is read as text. */
export const maxHtmlDepth = 100;

/** Elements whose content is not shown. */
const hidden = new Set(['script', 'style', 'template', 'head', 'title']);

/** Line breaks after an element. */
const breaks: Readonly<Record<string, string>> = {
  br: '\n',
  li: '\n',
  tr: '\n',
  p: '\n\n',
  pre: '\n\n',
  ul: '\n\n',
  ol: '\n\n',
  blockquote: '\n\n',
  h1: '\n\n',
  h2: '\n\n',
  h3: '\n\n',
  h4: '\n\n',
};

/**
 * The text of an HTML fragment: tags are removed, character references decoded, and line breaks added after paragraphs and
 * the like. Spaces are kept, because a fragment may be a token of an answer; line breaks of the source are removed together
 * with their indentation, except in `pre`.
 * @throws LlmFrameError if elements are nested deeper than {@link maxHtmlDepth}
 */
export function htmlText(html: string): string {
  let text = '';
  let depth = 0;
  let hiddenDepth = 0;
  let preDepth = 0;
  const parser = new Parser({
    onopentagname(name) {
      depth += 1;
      if (depth > maxHtmlDepth) {
        throw new LlmFrameError(`its HTML is nested deeper than ${maxHtmlDepth} elements`);
      }
      if (hidden.has(name)) hiddenDepth += 1;
      if (name === 'pre') preDepth += 1;
    },
    ontext(part) {
      if (hiddenDepth === 0) text += preDepth > 0 ? part : withoutSourceBreaks(part);
    },
    onclosetag(name) {
      depth -= 1;
      if (hidden.has(name)) hiddenDepth -= 1;
      if (name === 'pre') preDepth -= 1;
      if (hiddenDepth === 0 && Object.hasOwn(breaks, name)) text = withBreak(text, breaks[name]!);
    },
  });
  parser.end(html);
  return text;
}

/** Removes a line break with the spaces around it at the ends of a text; within it, one becomes a space. */
function withoutSourceBreaks(text: string): string {
  if (!text.includes('\n')) return text;
  const lines = text.split('\n').map((line, index, all) => {
    const start = index === 0 ? line : line.trimStart();
    return index === all.length - 1 ? start : start.trimEnd();
  });
  return lines.filter((line) => line !== '').join(' ');
}

/** Adds a break. The break of a nested element counts only once. */
function withBreak(text: string, lines: string): string {
  if (lines === '\n') return `${text}\n`;
  if (text.endsWith('\n\n')) return text;
  return text.endsWith('\n') ? `${text}\n` : text + lines;
}
