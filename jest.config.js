import './test/jest/register-typescript.js';

/**
 * Spec files that measure the whole machine: how another user fares during an attack, stalls of the event loop, 1,000
 * connections at once, connections that arrive while a port is closed. They run one after the other, when the rest is done.
 */
const undisturbed = [
  '<rootDir>/test/e2e/shutdown.spec.ts',
  '<rootDir>/test/faults/mass-drop.spec.ts',
  '<rootDir>/test/security/attacks.spec.ts',
  '<rootDir>/test/security/generated-bodies.spec.ts',
];

/** @type {import('jest').Config} */
const shared = {
  rootDir: import.meta.dirname,
  roots: [
    '<rootDir>/apps',
    '<rootDir>/bench',
    '<rootDir>/chaos',
    '<rootDir>/libs',
    '<rootDir>/test',
    '<rootDir>/testing',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  // Node itself loads the modules: native-runtime.js says why.
  runtime: '<rootDir>/test/jest/native-runtime.js',
  testEnvironment: '<rootDir>/test/jest/native-environment.js',
  transform: {},
  globalSetup: '<rootDir>/test/harness/global-setup.ts',
  globalTeardown: '<rootDir>/test/harness/global-teardown.ts',
};

/** @type {import('jest').Config} */
export default {
  projects: [
    {
      ...shared,
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...undisturbed],
    },
    { ...shared, testMatch: undisturbed, runner: '<rootDir>/test/jest/one-at-a-time.js' },
  ],
  // Jest ignores it in a project.
  testTimeout: 20_000,
  // Many specs wait for clocks and sockets, so four workers keep two cores busy. A worker is replaced once it holds a gigabyte.
  maxWorkers: 4,
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/test/jest/longest-first.js',
  reporters: ['default', '<rootDir>/test/jest/slowest-files.js'],
};
