import { blocksOf, documents, type Block } from './blocks.js';

const inDocument =
  (document: string, ...languages: string[]) =>
  (block: Block): boolean =>
    block.document === document && (languages.length === 0 || languages.includes(block.language));

/**
 * Which spec tests which fenced blocks. Each block of each document belongs to exactly one spec, which gets its blocks
 * from {@link claimedBy}.
 */
export const claims: Readonly<Record<string, (block: Block) => boolean>> = {
  'test/documents/api.spec.ts': inDocument('docs/api.md'),
  'test/documents/commands.spec.ts': (block) =>
    block.language === 'sh' && block.document !== 'docs/api.md' && block.document !== 'docs/protocols.md',
  'test/documents/typescript.spec.ts': ({ language }) => language === 'ts' || language === 'tsx',
  'test/documents/frames.spec.ts': inDocument('README.md', 'json'),
  'test/documents/deployment.spec.ts': inDocument('docs/operations.md', 'yaml', 'dotenv'),
  'test/documents/diagrams.spec.ts': ({ language }) => language === 'mermaid',
  'test/e2e/process.spec.ts': inDocument('README.md', 'text'),
  'test/e2e/readme-example.spec.ts': inDocument('README.md', 'python'),
  'test/protocols/document.spec.ts': inDocument('docs/protocols.md'),
  'apps/server/src/configuration/llm-file/llm-schema.spec.ts': inDocument('docs/configuration.md', 'yaml'),
};

/** The blocks that a spec has to test. */
export function claimedBy(spec: string): Block[] {
  return documents.flatMap(blocksOf).filter(claims[spec]!);
}
