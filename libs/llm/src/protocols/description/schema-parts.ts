/** Pieces of the JSON Schema. Unions are told by `type` alone, so that each mistake can be named in a sentence. */

const scalars = ['string', 'number', 'boolean', 'null'];

export const text = (description: string) => ({ description, type: 'string', minLength: 1, maxLength: 2000 });

export const path = (description: string) => ({ ...text(description), maxLength: 500 });

/** One path or several. */
export const paths = (description: string) => ({
  description: `${description} A path such as response.text, or a list of paths: the first that is there counts.`,
  type: ['string', 'array'],
  minLength: 1,
  maxLength: 500,
  minItems: 1,
  maxItems: 20,
  items: { type: 'string', minLength: 1, maxLength: 500 },
});

/** Anything, with placeholders in its texts. */
export const template = (description: string) => ({
  description: `${description} A text is sent as it is, anything else as JSON; {{placeholders}} stand for values.`,
});

export const seconds = (description: string, least = 0.001, most = 3600) => ({
  description: `${description}, in seconds.`,
  type: 'number',
  minimum: least,
  maximum: most,
});

export const flag = (description: string) => ({ description, type: 'boolean', default: false });

export const choice = (description: string, ...values: string[]) => ({
  description,
  enum: values,
  default: values[0],
});

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

/** Keys of the description's own choice. */
export const table = (description: string, values: object) => ({
  description,
  type: 'object',
  propertyNames: { maxLength: 200 },
  additionalProperties: values,
});

export const list = (description: string, items: object) => ({
  description,
  type: 'array',
  maxItems: 100,
  items,
});

/** One mapping, or a list of them. */
export const oneOrMore = (mapping: ReturnType<typeof group> | ReturnType<typeof table>) => ({
  ...mapping,
  type: ['object', 'array'],
  minItems: 1,
  maxItems: 100,
  items: mapping,
});

/** What a value has to be. */
const matcher = {
  description:
    'What the value has to be: itself, a list of what it may be, { present: true }, { not: … } or { truthy: true }.',
  type: [...scalars, 'array', 'object'],
  items: { type: scalars },
  minItems: 1,
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    present: { description: 'Whether it is there, and not null.', type: 'boolean' },
    truthy: {
      description: 'Whether it is something other than false, null, 0 and the empty text.',
      type: 'boolean',
    },
    not: {
      description: 'It is there, and neither this nor one of these.',
      type: [...scalars, 'array'],
      items: { type: scalars },
      minItems: 1,
    },
  },
};

export const when = (description: string) => ({
  ...table(`${description} Paths, and what has to be there, all at once.`, matcher),
  minProperties: 1,
});
