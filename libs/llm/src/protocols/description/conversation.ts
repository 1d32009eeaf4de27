import { type LlmMessage, type LlmRequest, type LlmRole } from '../protocol.js';
import { type PerRole, type RequestDescription, type Template } from './description.js';
import { type Location } from './mistakes.js';
import { messagePlaceholders, type RequestValues, type RenderedMessage } from './placeholders.js';
import { plainLine, plainMessage, promptAlone, promptEnd } from './prompt-defaults.js';
import { compileTemplate, type Fill } from './template.js';

type Render = (message: LlmMessage) => unknown;

const roles: readonly LlmRole[] = ['system', 'user', 'assistant'];

/** Compiles the placeholders for messages: `messages`, `history`, `pairs`, `prompt` and `system`. */
export function conversationPlaceholders(
  { roles: names = {}, messages = {}, prompt = {} }: RequestDescription,
  location: Location,
): Readonly<Record<'messages' | 'history' | 'pairs' | 'prompt' | 'system', Fill<RequestValues>>> {
  const asObject = compilePerRole(messages, plainMessage, names, location.at('messages'));
  const { end = promptEnd, alone = promptAlone, ...lines } = prompt;
  const asLine = compilePerRole(lines, plainLine, names, location.at('prompt'));
  const asPrompt = compilePerRole({ each: alone }, plainLine, names, location.at('prompt').at('alone'));
  return {
    messages: ({ request }) => rendered(all(request), asObject),
    history: ({ request }) => rendered(request.history ?? [], asObject),
    pairs: ({ request }) => pairsOf(request.history ?? []),
    prompt: ({ request }) =>
      (request.history ?? []).length === 0
        ? asPrompt(newest(request))
        : rendered(all(request), asLine).join('') + end,
    system: ({ request }) => systemOf(request.history ?? []),
  };
}

function compilePerRole(
  templates: PerRole<Template>,
  fallback: Template,
  names: Readonly<Partial<Record<LlmRole, string>>>,
  location: Location,
): Render {
  const byRole = Object.fromEntries(
    roles.map((role) => {
      const own = templates[role];
      const [template, at] =
        own === undefined ? [templates.each ?? fallback, location.at('each')] : [own, location.at(role)];
      const fill = template === null ? () => undefined : compileTemplate(template, at, messagePlaceholders);
      return [role, { fill, name: names[role] ?? role }];
    }),
  ) as Record<LlmRole, { fill: Fill<RenderedMessage>; name: string }>;
  return ({ role, content }) => {
    const { fill, name } = byRole[role];
    return fill({ role: name, text: content });
  };
}

function rendered(messages: readonly LlmMessage[], render: Render): unknown[] {
  return messages.map(render).filter((message) => message !== undefined);
}

function newest({ message }: LlmRequest): LlmMessage {
  return { role: 'user', content: message };
}

function all(request: LlmRequest): LlmMessage[] {
  return [...(request.history ?? []), newest(request)];
}

/** `[question, answer]` for every question with an answer. */
function pairsOf(history: readonly LlmMessage[]): [string, string][] {
  return history.flatMap(({ role, content }, index) => {
    const next = history[index + 1];
    return role === 'user' && next?.role === 'assistant' ? [[content, next.content]] : [];
  });
}

function systemOf(history: readonly LlmMessage[]): string | undefined {
  const texts = history.flatMap(({ role, content }) => (role === 'system' ? [content] : []));
  return texts.length === 0 ? undefined : texts.join('\n\n');
}
