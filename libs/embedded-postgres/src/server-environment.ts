/**
 * The environment for PostgreSQL's programs: only what finding and running them takes. The rest of ours may hold secrets,
 * and PG* variables would change what the server does.
 */
export function serverEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'];
  const environment: Record<string, string> = { LC_ALL: 'C' };
  for (const name of kept) {
    const value = ours[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
