import { type Template } from '#llm';

/** A request as the user or the list of common requests gives it, divided into what opens a connection and the request. */
export interface SentTemplate {
  opening: readonly Template[];
  request: Template;
}

/** Placeholders that contain the question. */
const question = /\{\{\s*(json\s+)?(prompt|message|messages)\s*\}\}/;

/** Whether a template contains the question. */
export function asksQuestion(template: Template): boolean {
  return question.test(JSON.stringify(template));
}

/**
 * Divides a list of frames: those before the first one with the question open the connection. Frames of Socket.IO are lists
 * themselves; one pair of brackets, or a packet such as `42["event",…]`, is enough.
 */
export function dividedTemplate(template: Template, framing: 'socket.io' | undefined): SentTemplate {
  const frames = framing === 'socket.io' ? eventsOf(template) : template;
  if (!Array.isArray(frames)) return { opening: [], request: frames };
  const list = frames as readonly Template[];
  const first = list.findIndex(asksQuestion);
  if (first <= 0) return { opening: [], request: frames };
  const [request, ...more] = list.slice(first);
  return {
    opening: list.slice(0, first),
    request: more.length === 0 && !Array.isArray(request) ? request! : list.slice(first),
  };
}

/** Events of Socket.IO as a list of frames. */
function eventsOf(template: Template): Template {
  if (typeof template === 'string') {
    const packet = /^4?2?(\[[\s\S]*\])$/.exec(template.trim())?.[1];
    return packet === undefined ? [['message', template]] : eventsOf(parsedOr(packet, template));
  }
  if (!Array.isArray(template)) return [['message', template]];
  const list = template as readonly Template[];
  return typeof list[0] === 'string' ? [list] : list;
}

function parsedOr(text: string, otherwise: string): Template {
  try {
    return JSON.parse(text) as Template;
  } catch {
    return [['message', otherwise]];
  }
}

/**
 * The template with `{{json …}}` where a placeholder stands in JSON inside a text, as descriptions demand it:
 * `chat {"message":"{{prompt}}"}` becomes `chat {"message":{{json prompt}}}`.
 */
export function withEscapedPlaceholders(template: Template): Template {
  if (typeof template !== 'string' || !/[{[]\s*["{[]/.test(template.replaceAll(/\{\{[^{}]{1,60}\}\}/g, '')))
    return template;
  return template
    .replaceAll(/"\{\{\s*([\w.]+)\s*\}\}"/g, '{{json $1}}')
    .replaceAll(/\{\{\s*(?!json\s)([\w.]+)\s*\}\}/g, '{{json $1}}');
}
