/**
 * The environment for PostgreSQL's programs: only the variables that are needed to run them. Others may contain secrets,
 * and PG* variables would change the server's behavior.
 * @param environment the environment of this process
 */
export function serverEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'];
  const environment: Record<string, string> = { LC_ALL: 'C' };
  for (const name of kept) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
