/** Values by series: `name{a="1",b="2"}`, labels in alphabetical order. */
export type Samples = ReadonlyMap<string, number>;

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const helpLine = new RegExp(`^# HELP (${name}) .+$`);
const typeLine = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary)$`);
const sampleLine = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (\\S+)$`);
const number = /^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|nan)$/i;

/**
 * Parses a page in the text format of Prometheus, strictly.
 * @throws Error for an invalid line, a sample without a type, or a repeated series
 */
export function readExposition(page: string): Samples {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  let helped: string | undefined;
  if (!page.endsWith('\n')) throw new Error('the last line has no newline');
  for (const line of page.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const help = helpLine.exec(line);
    const type = typeLine.exec(line);
    const sample = sampleLine.exec(line);
    if (help !== null) helped = help[1];
    else if (type !== null) {
      if (type[1] !== helped || types.has(type[1]!)) throw new Error(`a misplaced type: ${line}`);
      types.set(type[1]!, type[2]!);
    } else if (sample !== null && number.test(sample[3]!)) {
      const family = sample[1]!.replace(/_(bucket|sum|count)$/, '');
      if (types.get(sample[1]!) === undefined && types.get(family) !== 'histogram') {
        throw new Error(`a sample without a type: ${line}`);
      }
      const labels = (sample[2]?.match(new RegExp(label, 'g')) ?? []).sort();
      const series = `${sample[1]}{${labels.join(',')}}`;
      if (samples.has(series)) throw new Error(`a repeated series: ${series}`);
      samples.set(series, Number(sample[3]));
    } else throw new Error(`an invalid line: ${line}`);
  }
  return samples;
}

/** The values of one metric, by labels: `{a="1"}`. */
export function samplesOf(samples: Samples, wanted: string): Record<string, number> {
  const found = [...samples].filter(([series]) => series.startsWith(`${wanted}{`));
  return Object.fromEntries(found.map(([series, value]) => [series.slice(wanted.length), value]));
}
