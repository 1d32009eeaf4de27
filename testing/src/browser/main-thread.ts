/** Times of the tasks of a page's main thread, in ms. */
export interface MainThread {
  /** The longest task, in CPU time and in wall time, which includes the time of other programs. */
  longestCpu: number;
  longestWall: number;
  /** CPU time of all tasks. */
  cpu: number;
}

/** An event of Chromium's trace format; times in µs. */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** The categories that {@link readMainThread} needs. */
export const traceCategories = ['toplevel', '__metadata'];

/** Computes the times from a trace of one page. @throws Error if it has no task of a page */
export function readMainThread(trace: string): MainThread {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const mainThreads = new Set(
    traceEvents.filter(({ args }) => args?.name === 'CrRendererMain').map((event) => threadOf(event)),
  );
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith('RunTask') && mainThreads.has(threadOf(event)),
  );
  if (tasks.length === 0) throw new Error('the trace has no task of a page');
  const most = (key: 'dur' | 'tdur') => tasks.reduce((longest, task) => Math.max(longest, task[key] ?? 0), 0);
  return {
    longestCpu: most('tdur') / 1000,
    longestWall: most('dur') / 1000,
    cpu: tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000,
  };
}
