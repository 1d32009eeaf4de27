const STEPS = [
  'Write down what goes in and what must come out.',
  'Start with the smallest version that works from end to end.',
  'Name things after what they are for.',
  'Measure before you make it faster.',
  'Delete what nobody uses.',
  'Let somebody else read it.',
];

const CODE = [
  [
    'typescript',
    'export function add(a: number, b: number): number {\n  return a + b;\n}\n\nconsole.log(add(2, 3)); // 5',
  ],
  ['python', 'def add(a: int, b: int) -> int:\n    return a + b\n\n\nprint(add(2, 3))  # 5'],
  [
    'sql',
    "SELECT name, count(*) AS times\nFROM visits\nWHERE city = 'Zürich'\nGROUP BY name\nORDER BY times DESC;",
  ],
] as const;

/** A longer answer with headings, a list, a table, a quotation and a code block. Pure. */
export function markdownAnswer(topic: string, pick: <T>(options: readonly T[]) => T): string {
  const [language, code] = pick(CODE);
  const first = pick([0, 1, 2]);
  const steps = STEPS.slice(first, first + 4);
  return [
    `## About ${topic}`,
    pick([
      'Here is a short tour, with an example you can run.',
      'Let us take it **step by step**, and end with an example.',
      'There is more than one way; this one is *simple* and easy to change later.',
    ]),
    '### Steps',
    steps.map((step, i) => `${i + 1}. ${step}`).join('\n'),
    '### Compared',
    [
      '| approach | effort | good for |',
      '|---|---:|---|',
      `| by hand | ${pick([1, 2, 3])} h | a first try |`,
      `| a small script | ${pick([4, 5, 6])} h | every day |`,
      `| a service | ${pick([20, 30, 40])} h | many people 🚀 |`,
    ].join('\n'),
    '### Example',
    `\`\`\`${language}\n${code}\n\`\`\``,
    '> Simple is better than clever – “naïve” solutions often last longest.',
    `Shall I go on with ${topic}?`,
  ].join('\n\n');
}
