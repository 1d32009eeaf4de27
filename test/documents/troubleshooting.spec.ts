import { globSync } from 'node:fs';
import { textOf } from './blocks.js';

const root = new URL('../../', import.meta.url);
const page = textOf('docs/troubleshooting.md');
const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading!);

describe('docs/troubleshooting.md', () => {
  it('names codes with the status that docs/errors.md gives them', () => {
    const errors = textOf('docs/errors.md');
    const named = headings.flatMap((heading) => {
      const status = /^\d{3}/.exec(heading)?.[0];
      return [...heading.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code]) => ({ status, code: code! }));
    });
    const wrong = named.filter(({ status, code }) => {
      const rows = errors.split('\n').filter((line) => line.startsWith(`| \`${code}\``));
      return (
        rows.length === 0 ||
        (status !== undefined && !/_timeout|_frame/.test(code) && !rows.join().includes(status))
      );
    });
    expect(wrong).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  it('quotes messages that the sources have', () => {
    const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: root })
      .filter((name) => !name.endsWith('.spec.ts'))
      .map(textOf)
      .join('\n')
      .replaceAll(/['`]\s*\+\s*['`]/g, '');
    const ours = headings
      .flatMap((heading) => heading.split('`').filter((part, at) => at % 2 === 1 && part.includes(' ')))
      .filter((message) => !/ECONNREFUSED$|password authentication/.test(message));
    const parts = ours.flatMap((message) =>
      message
        .split(/…|3001|127\.0\.0\.1|"0\.0\.0\.0"|LLM_\w+|\/\.data\S+|\bHOST\b/)
        .map((part) => part.trim()),
    );
    expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
    expect(ours.length).toBeGreaterThan(4);
  });
});
