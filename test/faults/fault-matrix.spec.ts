import { addressFaults } from './address-faults.js';
import { answerFaults } from './answer-faults.js';
import { catalog, nameOf, type Fault } from './fault.js';
import { isMeasuring } from './measurements.js';
import { runAddressFaults, runMatrix } from './matrix.js';
import { multiplexedFaults } from './multiplexed-faults.js';
import { networkFaults } from './network-faults.js';
import { type Outcome } from './row.js';
import { summary, table } from './table.js';

const only = process.env.FAULTS === undefined ? /./ : new RegExp(process.env.FAULTS);
const chosen = <T extends Fault>(faults: readonly T[]): T[] => faults.filter(({ name }) => only.test(name));
const addresses = chosen(addressFaults);
const passing = chosen([...networkFaults, ...answerFaults, ...multiplexedFaults]);
const faults: readonly Fault[] = [...addresses, ...passing];

it.each(catalog)('the matrix has rows for: %s', (name) => {
  const all: readonly Fault[] = [...addressFaults, ...networkFaults, ...answerFaults];
  expect(all.some((fault) => fault.catalog === name)).toBe(true);
});

/** Real: the application, PostgreSQL, HTTP, TCP and WebSocket. Mock: LLM servers and the network to them. */
describe('the fault matrix', () => {
  let outcomes: Outcome[];

  beforeAll(async () => {
    outcomes = [...(await runAddressFaults(addresses)), ...(await runMatrix(passing))];
  }, 300_000);

  afterAll(() => {
    const wrong = outcomes.filter((outcome) => outcome.wrong.length > 0);
    const shown = isMeasuring ? outcomes : wrong;
    process.stdout.write(`\n${table(shown)}\n${summary(outcomes)}\n`);
  });

  it.each(faults)('$name', (fault) => {
    const rows = outcomes.filter(({ row }) => row.fault === fault);
    expect(rows.length).toBeGreaterThan(0);
    const wrong = rows.filter((outcome) => outcome.wrong.length > 0);
    expect(wrong.map(({ row, wrong: what }) => `${nameOf(row)}: ${what.join('; ')}`)).toEqual([]);
  });
});
