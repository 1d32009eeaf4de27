import { readFileSync } from 'node:fs';
import { VARIABLE_NAMES } from '../environment.js';
import { configurationPage } from './configuration-page.js';
import { environmentExample } from './environment-example.js';
import { variableEntries } from './variable-entries.js';

const read = (name: string): string =>
  readFileSync(new URL(`../../../../../${name}`, import.meta.url), 'utf8');

describe('the reference of environment variables', () => {
  it('describes every variable once, with its default and what it may be', () => {
    const entries = variableEntries().flatMap((group) => group.entries);
    expect(entries.map(({ name }) => name).toSorted()).toEqual(VARIABLE_NAMES.toSorted());
    expect(entries.find(({ name }) => name === 'PORT')).toMatchObject({
      defaultText: '3001',
      allowed: 'a whole number from 0 to 65535',
    });
    expect(entries.filter(({ description }) => !/^[^a-z].*\.$/.test(description))).toEqual([]);
  });

  it.each([
    ['docs/configuration.md', configurationPage],
    ['.env.example', environmentExample],
  ])('%s is current: `npm run docs` would not change it', (name, generate) => {
    expect(read(name)).toBe(generate());
  });
});
