import { claimedBy } from '../../../../../test/documents/claims.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadConfiguration } from '../load-configuration.js';
import { LLM_SCHEMA } from './llm-schema.js';
import { readLlmFile } from './read-llm-file.js';

const root = new URL('../../../../../', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const limits = { total: 30, retryMax: 5, breakerMaxOpen: 60 };

describe('schemas/llm.schema.json', () => {
  // After a change to LLM_SCHEMA: write JSON.stringify(LLM_SCHEMA) into the file, and let Prettier format it.
  it('is the schema that validates files', () => {
    expect(JSON.parse(textOf('schemas/llm.schema.json'))).toEqual(LLM_SCHEMA);
  });

  it('is valid JSON Schema, with a description of every key', () => {
    const ajv = new Ajv2020();
    expect(ajv.validateSchema(LLM_SCHEMA)).toBe(true);
    const undescribed: string[] = [];
    const visit = (name: string, schema: object): void => {
      if (!('description' in schema)) undescribed.push(name);
      const { properties = {}, items } = schema as { properties?: Record<string, object>; items?: object };
      for (const [key, inner] of Object.entries(properties)) visit(`${name}.${key}`, inner);
      const inItems = (items as { properties?: Record<string, object> } | undefined)?.properties ?? {};
      for (const [key, inner] of Object.entries(inItems)) visit(`${name}[].${key}`, inner);
    };
    visit('', LLM_SCHEMA);
    expect(undescribed).toEqual([]);
  });
});

describe('examples/llm.yaml', () => {
  const example = textOf('examples/llm.yaml');

  it('is valid', () => {
    expect(readLlmFile(example, 'llm.yaml', {}, limits)).toMatchObject({
      mistakes: [],
      file: { routes: [{ name: 'primary' }, { name: 'backup' }] },
    });
  });

  it('contains the defaults', () => {
    const path = new URL('examples/llm.yaml', root).pathname;
    const { routes, ...llm } = loadConfiguration({ LLM_CONFIG: path }, '/no/such/file').llm;
    const { routes: none, ...defaults } = loadConfiguration({}, '/no/such/file').llm;
    expect(llm).toEqual({ ...defaults, fallbackReply: 'Please try again later.' });
    const { apiKey, apiVersion, clientId, model, balancer } = defaults;
    for (const route of routes)
      expect(route).toMatchObject({ apiKey, apiVersion, clientId, model, balancer });
    expect(none).toEqual([]);
  });

  it('contains every key of the schema', () => {
    const shown = JSON.stringify(parse(example.replace('# api_key', 'api_key')));
    const keys = (schema: object): string[] => {
      const { properties = {}, items = {} } = schema as {
        properties?: Record<string, object>;
        items?: object;
      };
      const here = [...Object.keys(properties), ...Object.values(properties).flatMap(keys)];
      return Object.keys(items).length === 0 ? here : [...here, ...keys(items)];
    };
    const missing = keys(LLM_SCHEMA).filter((key) => !shown.includes(`"${key}":`));
    expect(missing).toEqual(['$schema']);
  });
});

describe("docs/configuration.md's LLM file", () => {
  it('is valid', () => {
    const [example] = claimedBy('apps/server/src/configuration/llm-file/llm-schema.spec.ts');
    expect(readLlmFile(example!.text, 'llm.yaml', { BIG_LLM_KEY: 'k' }, limits).mistakes).toEqual([]);
  });
});
