/** Runs once after all suites, failed or not: stops what the set-up has started. */
export default async function globalTeardown(): Promise<void> {
  const { closeBrowser, stopRunDatabase } = globalThis as {
    closeBrowser?: () => Promise<void>;
    stopRunDatabase?: () => Promise<void>;
  };
  await closeBrowser?.();
  await stopRunDatabase?.();
}
