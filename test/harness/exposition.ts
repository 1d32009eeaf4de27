/** One sample: `name{a="1",b="2"}` with its labels in alphabetical order, as a test names it. */
export type Samples = ReadonlyMap<string, number>;

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const helpLine = new RegExp(`^# HELP (${name}) .+$`);
const typeLine = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary)$`);
const sampleLine = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (\\S+)$`);
const number = /^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|nan)$/i;

/**
 * Reads a page strictly by the text format of Prometheus.
 * @throws Error for a line that is none of the format, a sample without its type, and a series that is there twice
 */
export function readExposition(page: string): Samples {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  let helped: string | undefined;
  if (!page.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of page.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const help = helpLine.exec(line);
    const type = typeLine.exec(line);
    const sample = sampleLine.exec(line);
    if (help !== null) helped = help[1];
    else if (type !== null) {
      if (type[1] !== helped || types.has(type[1]!)) throw new Error(`out of place: ${line}`);
      types.set(type[1]!, type[2]!);
    } else if (sample !== null && number.test(sample[3]!)) {
      const family = sample[1]!.replace(/_(bucket|sum|count)$/, '');
      if (types.get(sample[1]!) === undefined && types.get(family) !== 'histogram') {
        throw new Error(`a sample without its type: ${line}`);
      }
      const labels = (sample[2]?.match(new RegExp(label, 'g')) ?? []).sort();
      const series = `${sample[1]}{${labels.join(',')}}`;
      if (samples.has(series)) throw new Error(`twice: ${series}`);
      samples.set(series, Number(sample[3]));
    } else throw new Error(`not of the format: ${line}`);
  }
  return samples;
}

/** The samples of one name, with their labels alone. */
export function samplesOf(samples: Samples, wanted: string): Record<string, number> {
  const found = [...samples].filter(([series]) => series.startsWith(`${wanted}{`));
  return Object.fromEntries(found.map(([series, value]) => [series.slice(wanted.length), value]));
}
