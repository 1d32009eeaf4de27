import { valueKinds } from './description.js';

/** Parts of the JSON Schema. Unions are distinguished by `type` alone, so that each mistake can be named in one sentence. */

const scalars = ['string', 'number', 'boolean', 'null'];

/** A string of 1 to 2,000 characters. */
export const text = (description: string) => ({ description, type: 'string', minLength: 1, maxLength: 2000 });

/** A path in a frame. */
export const path = (description: string) => ({ ...text(description), maxLength: 500 });

/** A path or a list of paths. */
export const paths = (description: string) => ({
  description: `${description} A path such as response.text, or a list of paths: the first one with a value counts.`,
  type: ['string', 'array'],
  minLength: 1,
  maxLength: 500,
  minItems: 1,
  maxItems: 20,
  items: { type: 'string', minLength: 1, maxLength: 500 },
});

/** Any JSON with placeholders in its strings. */
export const template = (description: string) => ({
  description: `${description} A text is sent unchanged, anything else as JSON; {{placeholders}} are replaced with values.`,
});

/** A duration in seconds. */
export const seconds = (description: string, least = 0.001, most = 3600) => ({
  description: `${description}, in seconds.`,
  type: 'number',
  minimum: least,
  maximum: most,
});

/** A boolean, false by default. */
export const flag = (description: string) => ({ description, type: 'boolean', default: false });

/** One of several strings; the first is the default. */
export const choice = (description: string, ...values: string[]) => ({
  description,
  enum: values,
  default: values[0],
});

/** An object with fixed keys. */
export const group = (
  description: string,
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = [],
) => ({
  description,
  type: 'object',
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
  properties,
});

/** An object with arbitrary keys. */
export const table = (description: string, values: object) => ({
  description,
  type: 'object',
  propertyNames: { maxLength: 200 },
  additionalProperties: values,
});

/** A list of up to 100 items. */
export const list = (description: string, items: object) => ({
  description,
  type: 'array',
  maxItems: 100,
  items,
});

/** A mapping, or a list of mappings. */
export const oneOrMore = (mapping: ReturnType<typeof group> | ReturnType<typeof table>) => ({
  ...mapping,
  type: ['object', 'array'],
  minItems: 1,
  maxItems: 100,
  items: mapping,
});

const texts = (description: string) => ({
  description,
  type: ['string', 'array'],
  minLength: 1,
  maxLength: 2000,
  minItems: 1,
  maxItems: 100,
  items: { type: 'string', minLength: 1, maxLength: 2000 },
});

/** The schema of a matcher. */
const matcher = {
  description:
    'What the value must be: equal to this value, one of a list, { present: true }, { not: … }, { truthy: true }, ' +
    '{ starts_with: … }, { contains: … } or { is: text }.',
  type: [...scalars, 'array', 'object'],
  items: { type: scalars },
  minItems: 1,
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    present: { description: 'Whether it exists and is not null.', type: 'boolean' },
    truthy: {
      description: 'Whether it is something other than false, null, 0 and the empty string.',
      type: 'boolean',
    },
    not: {
      description: 'It exists, and is not equal to this value or to one of these.',
      type: [...scalars, 'array'],
      items: { type: scalars },
      minItems: 1,
    },
    starts_with: texts('It is a text that begins with this one, or with one of these.'),
    contains: texts('It is a text that contains this one, or one of these.'),
    is: {
      description:
        'The kind of the value. With frames: mixed, { $: { is: text } } matches bare text, but no JSON object.',
      enum: [...valueKinds],
    },
  },
};

/** A condition. */
export const when = (description: string) => ({
  ...table(`${description} Paths with the values that all of them must have.`, matcher),
  minProperties: 1,
});
