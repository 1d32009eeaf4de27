import { chatMigrations } from '#chat';
import { migrate } from '#database';
import { type Lab, type TestedServer } from '../lab/lab.js';
import { distribution } from '../report/distribution.js';
import { fillTables, type HistorySize } from './fill-tables.js';
import { historyPages, type HistoryPage } from './pages.js';
import { logPlans, PlanLog } from './plan-log.js';

/** How much history, and how often each page is requested. */
export interface HistoryPlan extends HistorySize {
  /** More than 5: PostgreSQL may use a generic plan from the sixth execution of a prepared statement on. */
  rounds: number;
}

/** The figures of one page. */
export interface HistoryFigures extends HistoryPage {
  rows: number;
  /** Execution time of all its statements in PostgreSQL, in the first round, when the connection's caches are cold. */
  firstMs: number;
  /** The median of all rounds. */
  p50Ms: number;
  /** The query plans of the last round. */
  plans: string[];
}

/** Fills a database with one owner's history and measures its pages. @throws Error if a page is not answered with 2xx */
export async function measureHistory(
  lab: Lab,
  plan: HistoryPlan,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<HistoryFigures[]> {
  progress(`inserting ${plan.conversations} conversations`);
  const databaseUrl = await lab.createDatabase('history');
  await migrate({ url: databaseUrl, migrations: chatMigrations, signal });
  const history = await fillTables(databaseUrl, plan);
  await logPlans(databaseUrl);
  // One connection, and no lease renewals, so that the log has only the statements of the pages.
  const server = await lab.startParley({ DATABASE_POOL_SIZE: '1', RUN_LEASE: '3600' }, databaseUrl);
  const log = new PlanLog(lab.postgresLog);
  const figures: HistoryFigures[] = [];
  for (const page of historyPages(history)) {
    progress(`${page.kind}: ${page.name}`);
    figures.push(await measurePage(server, log, page, plan.rounds, signal));
  }
  return figures;
}

async function measurePage(
  { port }: TestedServer,
  log: PlanLog,
  page: HistoryPage,
  rounds: number,
  signal: AbortSignal,
): Promise<HistoryFigures> {
  const times: number[] = [];
  let rows = 0;
  let plans: string[] = [];
  await log.read();
  for (let round = 0; round < rounds; round += 1) {
    const response = await fetch(`http://127.0.0.1:${port}${page.path}`, { signal });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${page.path} was answered with ${response.status}: ${answer}`);
    rows = (JSON.parse(answer) as { data: unknown[] }).data.length;
    const logged = await log.read();
    times.push(logged.reduce((sum, { ms }) => sum + ms, 0));
    plans = logged.map(({ text }) => text);
  }
  return { ...page, rows, firstMs: times[0] ?? Number.NaN, p50Ms: distribution(times).p50, plans };
}
