import { claimedBy } from './claims.js';

/** The grammar of Mermaid's sequence diagrams, as far as the documents use it. */
const statements = [
  /^sequenceDiagram$/,
  /^autonumber$/,
  /^participant (\w+)( as .+)?$/,
  /^(\w+)(?:->>|-->>)(\w+): \S.*$/,
  /^(?:opt|alt|loop|par) \S.*$/,
  /^(?:else|and) \S.*$/,
  /^end$/,
  /^Note (?:over|right of|left of) \w+(?:,\w+)?: \S.*$/,
];

describe('the diagrams in documents', () => {
  it.each(claimedBy('test/documents/diagrams.spec.ts'))('$document:$line can be drawn', ({ text }) => {
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    expect(lines.filter((line) => !statements.some((statement) => statement.test(line)))).toEqual([]);
    // Mermaid takes these for the end of a statement and for an entity.
    expect(lines.filter((line) => /[;#]/.test(line))).toEqual([]);
    const declared = new Set(lines.flatMap((line) => /^participant (\w+)/.exec(line)?.[1] ?? []));
    const used = lines.flatMap((line) => /^(\w+)-+>>(\w+):/.exec(line)?.slice(1) ?? []);
    expect(used.filter((name) => !declared.has(name))).toEqual([]);
    const depth = lines.reduce(
      (open, line) => open + (/^(opt|alt|loop|par) /.test(line) ? 1 : line === 'end' ? -1 : 0),
      0,
    );
    expect(depth).toBe(0);
  });
});
