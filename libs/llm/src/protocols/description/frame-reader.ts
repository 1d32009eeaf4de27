import { LlmFrameError } from '../../errors/answer-errors.js';
import { FrameShapeError, parseFrame } from '../../frame-json.js';
import { type ProtocolDescription } from './description.js';
import { each, type Place } from './mistakes.js';
import { compilePath } from './path.js';

/** What conditions and paths look at: parsed JSON, or the text itself. Throws LlmFrameError. */
export type ReadFrame = (text: string) => unknown;

/**
 * `json`: every frame is an object or a list. `text`: a frame is a text. `mixed`: an object where a frame is one, else
 * a text. In texts within a frame that `json_in` names, JSON is read as well.
 */
export function compileFrameReader(
  { frames = 'json', json_in }: ProtocolDescription,
  place: Place,
): ReadFrame {
  const expanded = compileExpand(json_in, place.at('json_in'));
  switch (frames) {
    case 'text':
      return (text) => text;
    case 'mixed':
      return (text) => (text.startsWith('{') ? expanded(parsed(text) ?? text) : text);
    case 'json':
      return (text) => expanded(parsedOrThrow(text));
  }
}

function parsedOrThrow(text: string): unknown {
  let value: unknown;
  try {
    value = parseFrame(text);
  } catch (cause) {
    if (cause instanceof FrameShapeError) throw cause;
    throw new LlmFrameError('it is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null) throw new LlmFrameError('it is not a JSON object');
  return value;
}

function parsed(text: string): unknown {
  try {
    return parseFrame(text);
  } catch (cause) {
    if (cause instanceof FrameShapeError) throw cause;
    return undefined;
  }
}

/** Puts what a text says in JSON in the text's place. */
function compileExpand(paths: ProtocolDescription['json_in'], place: Place): (frame: unknown) => unknown {
  const spots = each(paths, place).map(([path, at]) => {
    const dot = path.lastIndexOf('.');
    compilePath(path, at);
    if (/[*\\$]/.test(path)) at.wrong('must be plain keys with dots between them');
    return {
      parent: dot < 0 ? (frame: unknown) => frame : compilePath(path.slice(0, dot), at),
      key: path.slice(dot + 1),
    };
  });
  if (spots.length === 0) return (frame) => frame;
  return (frame) => {
    for (const { parent, key } of spots) {
      const holder = parent(frame);
      if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) continue;
      const held = (holder as Record<string, unknown>)[key];
      const inner = typeof held === 'string' ? parsed(held) : undefined;
      if (inner !== undefined) (holder as Record<string, unknown>)[key] = inner;
    }
    return frame;
  };
}
