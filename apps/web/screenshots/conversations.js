/** The conversations in the screenshots. The last one is open. */
export const conversations = [
  { title: 'Minutes of Monday’s meeting', turns: [['Sum these notes up', 'Three things were decided.']] },
  { title: 'Names for a sailing boat', turns: [['Ten names, please', 'How about *Halcyon*?']] },
  { title: 'Why is my query slow?', turns: [['EXPLAIN says …', 'It reads the whole table.']] },
  { title: 'A birthday toast for Ada', turns: [['Short and warm', 'Dear Ada, …']] },
  { title: 'Packing list for the Lofoten', turns: [['In June', 'Days are long there, so …']] },
  {
    title: 'When is the tide right?',
    turns: [
      [
        'How do I work out the depth at a harbour between two tides? Show me the rule, and a little code.',
        `Use the **rule of twelfths**: from low to high water takes about six hours, and the sea rises slowly at first, fastest in the middle, slowly again at the end.

| Hour | Rises by | For a range of 3.6 m |
| --- | --- | --- |
| 1st and 6th | 1/12 | 0.3 m |
| 2nd and 5th | 2/12 | 0.6 m |
| 3rd and 4th | 3/12 | 0.9 m |

\`\`\`typescript
/** Height above low water, in meters, some hours after it. */
export function height(hours: number, range: number): number {
  const twelfths = [0, 1, 3, 6, 9, 11, 12];
  return (range * twelfths[Math.round(hours)]) / 12;
}
\`\`\`

Add the depth on the chart, and keep half a meter in reserve.`,
      ],
    ],
  },
];
