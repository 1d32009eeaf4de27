import { FrameShapeError, parseFrame } from '../../frame-json.js';
import { parseJsonFrame, wrappedJsonError } from '../json-frame.js';
import { isSeveralObjects } from '../several-values.js';
import { type ProtocolDescription } from './description.js';
import { each, type Location } from './mistakes.js';
import { compilePath } from './path.js';

/** Converts a frame to the value that conditions and paths read: parsed JSON, or the text. Throws LlmFrameError. */
export type ReadFrame = (text: string) => unknown;

/**
 * Compiles the reader of frames. `json`: every frame is a JSON value. `text`: every frame is a text. `mixed`: a frame is an
 * object if it parses as one, else a text. Strings at the paths of `json_in` are parsed, too; `$` is the whole frame.
 */
export function compileFrameReader(
  { frames = 'json', json_in }: ProtocolDescription,
  location: Location,
): ReadFrame {
  const isEncodedTwice = [json_in].flat().includes('$');
  const expanded = compileExpand(json_in, location.at('json_in'));
  switch (frames) {
    case 'text':
      return (text) => text;
    case 'mixed':
      return (text) => (text.startsWith('{') ? expanded(objectOrText(text)) : text);
    case 'json':
      return isEncodedTwice
        ? (text) => expanded(parsedTwice(text))
        : (text) => expanded(parseJsonFrame(text));
  }
}

function objectOrText(text: string): unknown {
  const value = parsed(text);
  if (value !== undefined) return value;
  // Several objects are no text of an answer: they would be stored as raw JSON.
  const error = isSeveralObjects(text) ? wrappedJsonError(text) : undefined;
  if (error !== undefined) throw error;
  return text;
}

function parsedTwice(text: string): unknown {
  const value = parsed(text);
  return parseJsonFrame(typeof value === 'string' ? value : text);
}

function parsed(text: string): unknown {
  try {
    return parseFrame(text);
  } catch (cause) {
    if (cause instanceof FrameShapeError) throw cause;
    return undefined;
  }
}

/** Replaces strings that contain JSON with the parsed value. */
function compileExpand(
  paths: ProtocolDescription['json_in'],
  location: Location,
): (frame: unknown) => unknown {
  const inner = each(paths, location).filter(([path]) => path !== '$');
  const targets = inner.map(([path, at]) => {
    const dot = path.lastIndexOf('.');
    compilePath(path, at);
    if (/[*\\$]/.test(path)) at.report('must be plain keys with dots between them');
    return {
      parent: dot < 0 ? (frame: unknown) => frame : compilePath(path.slice(0, dot), at),
      key: path.slice(dot + 1),
    };
  });
  if (targets.length === 0) return (frame) => frame;
  return (frame) => {
    for (const { parent, key } of targets) {
      const object = parent(frame);
      if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) continue;
      const text = (object as Record<string, unknown>)[key];
      const inner = typeof text === 'string' ? parsed(text) : undefined;
      if (inner !== undefined) (object as Record<string, unknown>)[key] = inner;
    }
    return frame;
  };
}
