import { type JsonPosition } from './json-text.js';
import { type Location } from './mistakes.js';
import { type Fill, type Placeholders } from './template.js';

/** Starts the name of a placeholder whose value is inserted as JSON: `{{json message}}`. */
const filter = /^json\s+/;

/** Placeholders whose values are texts: unescaped, they are no JSON. */
const texts = new Set(['message', 'prompt', 'text', 'system', 'model', 'conversation_id']);

/**
 * Compiles a placeholder of a longer text. With the filter `json` its value is inserted as JSON or, inside a JSON string, as
 * the escaped content of that string. Without the filter it is a mistake in a JSON string, because a quotation mark in the
 * value would end the string, and the rest of the value would be read as JSON.
 * @param name the text between the braces
 * @param position where the placeholder stands in the JSON of the text
 */
export function compileInJson<V>(
  name: string,
  position: JsonPosition,
  location: Location,
  known: Placeholders<V>,
): Fill<V> | undefined {
  const plain = name.replace(filter, '');
  const fill = known(plain, location);
  if (position === 'nested') {
    location.report(
      'has a {{placeholder}} in JSON that is in a JSON string: write that string as { $json: … }',
    );
  } else if (plain !== name) {
    return fill && ((values) => asJson(fill(values), position));
  } else if (position === 'string' || (position === 'value' && texts.has(name))) {
    location.report(
      'has a {{placeholder}} in JSON inside a text, where a quotation mark in its value would break the JSON: ' +
        'write {{json …}}, such as {{json message}}',
    );
  }
  return fill;
}

function asJson(value: unknown, position: JsonPosition): unknown {
  if (position === 'string') {
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  }
  if (value === undefined) return position === 'value' ? 'null' : undefined;
  return JSON.stringify(value);
}
