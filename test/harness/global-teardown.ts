/** Runs once after all suites, failed or not: ends what the set-up started. */
export default async function globalTeardown(): Promise<void> {
  const { stopRunDatabase } = globalThis as { stopRunDatabase?: () => Promise<void> };
  await stopRunDatabase?.();
}
