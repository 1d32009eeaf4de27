import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { sourceMaps } from './register-typescript.js';

const load = createRequire(import.meta.url);

/** Where circus keeps the listeners of the spec file that it runs. */
const circusListeners = Symbol.for('EVENT_HANDLERS');

/** Where `jest.setTimeout` puts the time limit of the tests of one file. */
const testTimeout = Symbol.for('TEST_TIMEOUT_SYMBOL');

/**
 * Loads spec files as Node itself loads modules, so that the spec files of a worker share the libraries and our sources. Jest's
 * own runtime loads them anew for each file, which took a third of the time of a whole run. What it costs: specs cannot replace
 * modules, and a change to a global outlives the file unless {@link NativeEnvironment} reverts it.
 *
 * It has the methods that jest-runner and jest-circus call.
 */
class NativeRuntime {
  /** Loads the framework that runs one spec file; anew for each file, because it keeps the tests of a file in its module. */
  requireInternalModule(path) {
    delete globalThis[circusListeners];
    delete globalThis[testTimeout];
    delete load.cache[path];
    return load(path);
  }

  requireModule(path) {
    return load(path);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    // In watch mode the same file runs again.
    await import(`${pathToFileURL(path)}?run=${performance.now()}`);
  }

  getSourceMaps() {
    return sourceMaps;
  }

  getAllCoverageInfoCopy() {
    return undefined;
  }

  // Circus itself sets the globals, with `injectGlobals`.
  setGlobalsForRuntime() {}

  enterTestCode() {}

  leaveTestCode() {}

  teardown() {}
}

// Jest loads this file with `require`.
export { NativeRuntime as 'module.exports' };
