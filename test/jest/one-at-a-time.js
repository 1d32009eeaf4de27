import * as runner from 'jest-runner';

// Its default export arrives as a property of the CommonJS module's own default export.
const TestRunner = runner.default.default ?? runner.default;

/** Runs spec files one after the other, after those of the other workers, with the machine to themselves. */
export default class OneAtATime extends TestRunner {
  isSerial = true;
}
