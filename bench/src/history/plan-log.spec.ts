import { readPlans } from './plan-log.js';

describe('readPlans', () => {
  it('finds the plans among other lines, with their times', () => {
    const log = `2026-11-26 [1] LOG:  checkpoint starting
2026-11-26 [2] LOG:  duration: 0.042 ms  plan:
\tQuery Text: SELECT 1
\tResult  (cost=0.00..0.01 rows=1 width=4) (actual rows=1.00 loops=1)
2026-11-26 [2] ERROR:  none
2026-11-26 [2] LOG:  duration: 12.000 ms  plan:
\tQuery Text: SELECT
\t  2
`;
    expect(readPlans(log)).toEqual([
      {
        ms: 0.042,
        text: 'Query Text: SELECT 1\nResult  (cost=0.00..0.01 rows=1 width=4) (actual rows=1.00 loops=1)\n',
      },
      { ms: 12, text: 'Query Text: SELECT\n  2\n' },
    ]);
  });
});
