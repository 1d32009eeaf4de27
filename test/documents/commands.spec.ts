import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VARIABLE_NAMES } from '../../apps/server/src/configuration/environment.js';
import { parseConfiguration } from '../../apps/server/src/configuration/parse-configuration.js';
import { usesBuild } from '../harness/build.js';
import { Stack } from '../harness/stack.js';
import { textOf } from './blocks.js';
import { claimedBy } from './claims.js';
import { runScripts } from './curl-log.js';

const root = new URL('../../', import.meta.url);
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** Commands, one for each line; those joined by `&&` count one by one. */
const commands = claimedBy('test/documents/commands.spec.ts').flatMap(({ document, line, text }) =>
  text
    .trimEnd()
    .split(/\n|&&/)
    .map((command) => ({ where: `${document}:${line}`, command: command.trim() })),
);

/** The same commands where they stand in a line of text or in a table. */
const inline = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/operations.md',
  'docs/troubleshooting.md',
  'docs/security.md',
]
  .flatMap((document) => [...textOf(document).matchAll(/`((?:[A-Z_]+=\S+ )*npm [^`]+)`/g)])
  .map(([, command]) => command!);

/** `npm run chaos -- --short` → script, arguments and variables. `npm start` and `npm test` count as scripts. */
function npmCommand(command: string): { script: string; args: string[]; variables: string[] } | undefined {
  const match = /^((?:[A-Z_]+=\S+ )*)npm (?:run (?:--silent )?)?(\S+)(?: -- (.*)| -w \S+)?$/.exec(command);
  if (match === null) return undefined;
  const [, before, script, args] = match;
  return {
    script: script!,
    args: args?.split(' ') ?? [],
    variables: [...before!.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name!),
  };
}

/** The spec that runs what a script runs. Each `npm run` of the documents needs one. */
const specOf: Readonly<Record<string, string>> = {
  start: 'test/e2e/process.spec.ts',
  'start:prod': 'test/e2e/process.spec.ts',
  migrate: 'test/database-trouble/migrations.spec.ts',
  'mock-llm': 'apps/mock-llm/src/command-line.spec.ts',
  'check-llm': 'test/check-llm/check-llm.spec.ts',
  chaos: 'test/e2e/chaos.spec.ts',
  'test:faults': 'test/faults/fault-matrix.spec.ts',
  'test:security': 'test/security/attacks.spec.ts',
  'test:long': 'test/database-trouble/frozen.spec.ts',
  bench: 'bench/src/main.ts',
  sbom: 'test/e2e/stack-files.spec.ts',
  docs: 'apps/server/src/configuration/reference/reference.spec.ts',
};

/** Scripts that CI runs itself, or that every test run needs. */
const ranByCi = ['ci', 'test', 'build', 'build:web', 'check', 'format', 'format:check', 'lint', 'types'];
/** Scripts for a developer's desk, which run until they are stopped, or need a person to look. */
const interactive = ['start:dev', 'screenshots'];

describe('the commands in documents', () => {
  usesBuild();

  it('are all of a kind that is tested here', () => {
    const kinds = [
      /^((?:[A-Z_]+=\S+ )*)npm /,
      /^export NODE_ENV=/,
      /^curl /,
      /^openssl rand /,
      /^echo "POSTGRES_PASSWORD=/,
      /^docker compose up$/,
    ];
    expect(commands.filter(({ command }) => !kinds.some((kind) => kind.test(command)))).toEqual([]);
  });

  it('run npm scripts that exist, and that a spec runs, too', () => {
    const npm = [...commands.map(({ command }) => command), ...inline].filter((command) =>
      /\bnpm /.test(command),
    );
    const parsed = npm.map((command) => ({ command, ...npmCommand(command) }));
    const known = new Set([...Object.keys(scripts), 'ci', 'pack']);
    expect(parsed.filter(({ script }) => script === undefined || !known.has(script))).toEqual([]);
    const untested = parsed.filter(
      ({ script }) => ![...Object.keys(specOf), ...ranByCi, ...interactive, 'pack'].includes(script!),
    );
    expect(untested).toEqual([]);
    expect(Object.values(specOf).filter((spec) => !existsSync(new URL(spec, root)))).toEqual([]);
    expect(parsed.length).toBeGreaterThan(25);
  });

  it('set variables that exist', () => {
    const known = new Set<string>([
      ...VARIABLE_NAMES,
      'TEST_DATABASE_URL',
      'OUTAGE_SECONDS',
      'ATTACKS',
      'SECURITY_CHECKOUT',
      'CHROMIUM',
    ]);
    const set = [...commands.map(({ command }) => command), ...inline].flatMap(
      (command) => npmCommand(command)?.variables ?? [],
    );
    expect(set.filter((name) => !known.has(name))).toEqual([]);
    expect(set).toContain('LLM_WEBSOCKET_URL');
  });

  it('give options that the programs know, and paths that exist', () => {
    const given = [...commands.map(({ command }) => command), ...inline].flatMap((command) => {
      const { script = '', args = [] } = npmCommand(command) ?? {};
      return args.map((arg) => ({ script, arg }));
    });
    const paths = given.filter(({ script, arg }) => script === 'test' && /^[\w-]+\//.test(arg));
    expect(paths.filter(({ arg }) => !existsSync(new URL(arg, root)))).toEqual([]);
    const options = given.filter(
      ({ script, arg }) => script !== 'test' && arg.startsWith('--') && arg !== '--help',
    );
    for (const { script, arg } of options) {
      const entry = /dist\/\S+\.js/.exec(scripts[script]!)![0];
      const { stdout } = spawnSync(process.execPath, [entry, '--help'], { cwd: root, encoding: 'utf8' });
      expect([script, arg, stdout.includes(arg)]).toEqual([script, arg, true]);
    }
    expect(options.length).toBeGreaterThan(0);
  });

  it('configure a server for production that starts', () => {
    const exported = commands
      .map(({ command }) => command)
      .filter((command) => command.startsWith('export '));
    for (const command of exported) {
      const filled = command
        .replace('postgres://…', 'postgres://user:password@db.example/parley')
        .replace('wss://…', 'wss://llm.example/chat')
        .replace('API_KEYS=…', `API_KEYS=ann:${'k'.repeat(32)}`);
      const variables = Object.fromEntries(
        [...filled.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
      );
      expect(parseConfiguration(variables, () => '')).toMatchObject({ nodeEnv: 'production' });
    }
    expect(exported).toHaveLength(2);
  });

  it('generate keys and passwords that are long enough', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-commands-'));
    const generating = commands.filter(({ command }) => /^(openssl|echo) /.test(command));
    const printed = generating.map(
      ({ command }) => spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' }).stdout,
    );
    expect(printed.join('')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await readFile(join(folder, '.env'), 'utf8')).toMatch(/^POSTGRES_PASSWORD=[0-9a-f]{32}\n$/);
    await rm(folder, { recursive: true });
    expect(generating).toHaveLength(2);
  });

  it('call the server with curl, and are answered', async () => {
    const stack = await Stack.start();
    const scripts = commands.map(({ command }) => command).filter((command) => command.startsWith('curl '));
    const ran = await runScripts(scripts, stack.url);
    await stack.stop();
    expect(ran.map(({ calls }) => calls)).toEqual([[{ method: 'POST', path: '/api/chat', status: 200 }]]);
    expect(JSON.parse(ran[0]!.output)).toMatchObject({ success: true });
  });
});
