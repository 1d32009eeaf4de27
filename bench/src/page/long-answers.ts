/** Length of each answer, in characters. */
const length = 20_000;

/** Kinds of Markdown that are rendered in different ways. */
export type AnswerKind = 'mixed' | 'paragraph' | 'list' | 'table' | 'code';

/** The last paragraph of every answer. */
export const lastWords = 'The very end.';

const parts: Readonly<Record<AnswerKind, { head: string; part: (number: number) => string; foot: string }>> =
  {
    mixed: { head: '', part: section, foot: '' },
    paragraph: { head: '', part: (number) => `one of many words ${number % 10} `, foot: '' },
    list: { head: '', part: (number) => `- item **${number}** of a list that goes on\n`, foot: '' },
    table: {
      head: '| Hour | Rises by | Remark |\n| --- | ---: | --- |\n',
      part: (number) => `| hour ${number} | **${number}** m | and some words |\n`,
      foot: '',
    },
    code: {
      head: '```typescript\n',
      part: (number) => `export const value${number} = compute(${number}, 'a string'); // and why\n`,
      foot: '```\n',
    },
  };

/** All kinds. */
export const answerKinds = Object.keys(parts) as AnswerKind[];

/** An answer of 20,000 characters in Markdown. */
export function longAnswer(kind: AnswerKind): string {
  const { head, part, foot } = parts[kind];
  let body = '';
  for (let number = 1; head.length + body.length < length; number += 1) body += part(number);
  return `${head}${body}${foot}\n\n${lastWords}`;
}

/** One section with every kind of Markdown. */
function section(number: number): string {
  return `## Part ${number}

From low to high water takes about **six hours**, and the sea rises *slowly* at first, with \`code\` and [a link](https://example.org).

- item one
- item two, which is longer

| Hour | Rises by |
| --- | ---: |
| 1st | ${number} |
| 2nd | 2 |

\`\`\`typescript
export function height(hours: number): number {
  return (range * twelfths[Math.round(hours)]) / ${number};
}
\`\`\`

> Who knows the sea?

`;
}
