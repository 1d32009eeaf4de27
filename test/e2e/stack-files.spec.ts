import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { VARIABLE_NAMES } from '../../apps/server/src/configuration/environment.js';
import { parseConfiguration } from '../../apps/server/src/configuration/parse-configuration.js';
import { readCommandLine } from '../../apps/mock-llm/src/command-line.js';
import { balancerNames, llmDefaults } from '#llm';
import { documents } from '../documents/blocks.js';

const path = (name: string): URL => new URL(`../../${name}`, import.meta.url);
const read = (name: string): string => readFileSync(path(name), 'utf8');

/** The source that tsc makes a file of dist/ from. */
const sourceOf = (built: string): string => built.replace(/^dist\//, '').replace(/\.js$/, '.ts');

/** Every group-1 match. */
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1]!);

/** The anchors of a document's headings, as GitHub makes them. */
const anchorsOf = (name: string): string[] =>
  all(read(name), /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

/** What is looked at of a service of docker-compose.yml. */
interface Service {
  environment: Record<string, string>;
  ports?: string[];
  read_only: boolean;
  tmpfs: string[];
  cap_drop: string[];
  cap_add?: string[];
  security_opt: string[];
  mem_limit: string;
  pids_limit: number;
}

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');
  const manifest = JSON.parse(read('package.json')) as {
    imports: Record<string, string>;
    devDependencies: Record<string, string>;
  };

  it('copies what there is, and .dockerignore lets it through', () => {
    const copied = all(dockerfile, /^COPY (?!--from)(.+) \S+$/gm).flatMap((names) => names.split(' '));
    expect(copied.filter((name) => !existsSync(path(name)))).toEqual([]);
    const allowed = all(read('.dockerignore'), /^!(.+)$/gm);
    const isAllowed = (name: string) => allowed.some((entry) => `${name}/`.startsWith(`${entry}/`));
    expect([...new Set(copied)].filter((name) => !isAllowed(name))).toEqual([]);
    expect(read('.dockerignore').split('\n')).toContain('*');
  });

  it('copies every module that package.json imports, but that for tests', () => {
    const copied = all(dockerfile, /^COPY --from=build \/app\/(\S+)/gm).map((folder) => `./${folder}/`);
    const shipped = Object.values(manifest.imports).filter((built) => !built.startsWith('./dist/testing/'));
    const missing = shipped.filter((built) => !copied.some((folder) => built.startsWith(folder)));
    expect(missing).toEqual([]);
  });

  it('starts the server without a shell, on the Node that the tests run on', () => {
    const command = JSON.parse(/^CMD (.+)$/m.exec(dockerfile)![1]!) as string[];
    expect(command[0]).toBe('node');
    expect(existsSync(path(sourceOf(command[1]!)))).toBe(true);
    const majors = new Set(all(dockerfile, /^ARG NODE_IMAGE=node:(\d+)-slim@sha256:[0-9a-f]{64}$/gm));
    expect(all(dockerfile, /^FROM (\S+)/gm)).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}', '${NODE_IMAGE}']);
    expect([...majors]).toEqual([manifest.devDependencies.node!.split('.')[0]]);
  });

  it('takes no development dependencies along, and does not run as root', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toContain('COPY --from=dependencies /app/node_modules');
    expect(last).toMatch(/^USER node$/m);
    const dependencies = dockerfile.slice(
      dockerfile.indexOf('AS dependencies'),
      dockerfile.lastIndexOf('\nFROM '),
    );
    expect(dependencies).toContain('npm ci --omit=dev');
  });

  it('has in it a list of all that it is made of, in which nothing reports installations', () => {
    expect(dockerfile).toContain('RUN npm run --silent sbom > sbom.json');
    expect(dockerfile).toContain('COPY --from=build /app/sbom.json');
    const { stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], { cwd: path('.'), encoding: 'utf8' });
    const { bomFormat, components } = JSON.parse(stdout) as {
      bomFormat: string;
      components: { purl: string }[];
    };
    expect(bomFormat).toBe('CycloneDX');
    const named = components.map(({ purl }) => purl.replace(/@[^@]*$/, ''));
    expect(named).toEqual(expect.arrayContaining(['pkg:npm/pg', 'pkg:npm/ws', 'pkg:npm/typeorm']));
    expect(named.filter((name) => /scarf|jest|angular/.test(name))).toEqual([]);
  }, 60_000);

  it('names the images of others by their digests', () => {
    const images = all(read('docker-compose.yml'), /^ +image: (\S+)$/gm);
    expect(images).toEqual([expect.stringMatching(/^postgres:18@sha256:[0-9a-f]{64}$/)]);
  });

  it('installs no package that no source imports', () => {
    const sources = globSync('{apps/{server,mock-llm,check-llm},libs}/**/*.ts', { cwd: path('.') });
    const text = sources.map((name) => read(name)).join('\n');
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    expect(Object.keys(dependencies).filter((name) => !text.includes(`'${name}`))).toEqual([]);
  });
});

describe('the first screen of a newcomer', () => {
  it('hides the engine warnings of npm on an older Node', () => {
    expect(read('.npmrc').split('\n')).toContain('loglevel=error');
  });
});

describe('docker-compose.yml', () => {
  const compose = read('docker-compose.yml');
  const document = parse(compose, { merge: true }) as { services: Record<string, Service> };
  const service = (name: string): string =>
    new RegExp(`^  ${name}:\\n((?:(?: {4}.*)?\\n)+)`, 'm').exec(compose)![1]!;
  const shellOf = { POSTGRES_PASSWORD: 'a1b2c3' };
  /** A text with what the shell gives in place of ${NAME:-default} and ${NAME:?reason}, as compose does it. */
  const interpolated = (text: string, shell: Record<string, string> = shellOf): string =>
    text.replace(/\$\{(\w+):([-?])(.*?)\}/g, (_all, name: string, kind: string, rest: string) => {
      const given = shell[name] ?? '';
      if (kind === '?' && given === '') throw new Error(`${name} ${rest}`);
      return given === '' ? rest : given;
    });
  const environmentOf = (name: string, shell: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(document.services[name]!.environment).map(([variable, value]) => [
        variable,
        interpolated(value, { ...shellOf, ...shell }),
      ]),
    );
  const imageEnvironment = { NODE_ENV: 'production', HOST: '0.0.0.0' };

  it("gives the server a valid environment: the image's together with its own", () => {
    const { llm, auth, database } = parseConfiguration(
      { ...imageEnvironment, ...environmentOf('server') },
      () => '',
    );
    expect(read('Dockerfile')).toContain('ENV NODE_ENV=production HOST=0.0.0.0');
    expect([llm.urls, auth.mode]).toEqual([['ws://mock-llm:8080/chat'], 'none']);
    expect(new URL(database.url!).hostname).toBe('postgres');
  });

  it('lets the shell say which LLM to ask and who may call', () => {
    const shell = {
      LLM_WEBSOCKET_URL: 'wss://llm.example/chat',
      AUTH: 'keys',
      API_KEYS: `ann:${'k'.repeat(16)}`,
    };
    const { llm, auth } = parseConfiguration(
      { ...imageEnvironment, ...environmentOf('server', shell) },
      () => '',
    );
    expect([llm.urls, auth.mode]).toEqual([[shell.LLM_WEBSOCKET_URL], 'keys']);
  });

  it('publishes on this machine alone, and without keys nowhere else', () => {
    const published = Object.values(document.services).flatMap(({ ports = [] }) => ports);
    expect(published.map((port) => interpolated(port))).toEqual(['127.0.0.1:3001:3001']);
    expect(environmentOf('server').PORT).toBe('3001');
    const shell = { ...shellOf, PUBLISHED_HOST: '0.0.0.0' };
    expect(interpolated(published[0]!, shell)).toBe('0.0.0.0:3001:3001');
    const start = (more: Record<string, string> = {}) =>
      parseConfiguration(
        { ...imageEnvironment, ...environmentOf('server', { ...shell, ...more }) },
        () => '',
      );
    expect(() => start()).toThrow('AUTH is none, but PUBLISHED_HOST "0.0.0.0" can be reached by others');
    const { auth } = start({ AUTH: 'keys', API_KEYS: `ann:${'k'.repeat(16)}` });
    expect(auth.mode).toBe('keys');
  });

  it('has no password of its own', () => {
    expect(() => interpolated(compose, {})).toThrow('POSTGRES_PASSWORD is missing, see the first lines');
    expect(new URL(environmentOf('server').DATABASE_URL!).password).toBe(shellOf.POSTGRES_PASSWORD);
    expect(environmentOf('postgres').POSTGRES_PASSWORD).toBe(shellOf.POSTGRES_PASSWORD);
    const line = 'echo "POSTGRES_PASSWORD=$(openssl rand -hex 16)" >> .env';
    expect(compose).toContain(line);
    expect(read('docs/operations.md')).toContain(line);
  });

  it.each(['server', 'mock-llm', 'postgres'])('bounds what %s may do', (name) => {
    const {
      read_only,
      cap_drop,
      cap_add = [],
      security_opt,
      mem_limit,
      pids_limit,
      tmpfs,
    } = document.services[name]!;
    expect({ read_only, cap_drop, security_opt }).toEqual({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(mem_limit).toMatch(/^\d+[mg]$/);
    expect(pids_limit).toBeGreaterThan(0);
    expect(tmpfs.every((entry) => entry.includes('size='))).toBe(true);
    const allowed = name === 'postgres' ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] : [];
    expect(cap_add).toEqual(allowed);
  });

  it('gives running answers the time to end', () => {
    const grace = Number(/stop_grace_period: (\d+)s/.exec(service('server'))![1]);
    expect(grace).toBeGreaterThan(Number(environmentOf('server').DRAIN_TIMEOUT));
  });

  it('starts a mock LLM where the server and its own health check look for it', () => {
    const mock = readCommandLine([], environmentOf('mock-llm'));
    expect(mock).toMatchObject({
      kind: 'start',
      options: { host: '0.0.0.0', port: 8080, path: '/chat', controlPort: 8081 },
    });
    expect(service('mock-llm')).toContain('http://127.0.0.1:8081/health');
    const command = /command: \['node', '(.+)'\]/.exec(service('mock-llm'))![1]!;
    expect(existsSync(path(sourceOf(command)))).toBe(true);
  });

  it('waits until each service is healthy that the server needs', () => {
    const needed = all(service('server'), /^ {6}([\w-]+):\n {8}condition: service_healthy$/gm);
    expect(needed.toSorted()).toEqual(['mock-llm', 'postgres']);
    for (const name of needed) expect(service(name)).toContain('healthcheck:');
  });
});

describe('the documents', () => {
  it.each(documents)('%s links to what there is', (name) => {
    const links = [...read(name).matchAll(/\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)/g)];
    const base = name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : '';
    const target = (link: string): string => (link === '' ? name : base + link);
    expect(links.filter(([, link]) => !existsSync(path(target(link!))))).toEqual([]);
    const anchors = links.filter(([, , anchor]) => anchor !== undefined);
    expect(anchors.filter(([, link, anchor]) => !anchorsOf(target(link!)).includes(anchor!))).toEqual([]);
  });

  it('are listed in docs/README.md, and README.md leads there', () => {
    const listed = all(read('docs/README.md'), /\]\(([^)]+)\)/g).map((link) =>
      link.startsWith('../') ? link.slice(3) : `docs/${link}`,
    );
    const elsewhere = ['README.md', 'docs/README.md', 'CHANGELOG.md', 'SECURITY.md'];
    expect(documents.filter((name) => ![...listed, ...elsewhere].includes(name))).toEqual([]);
    expect(read('README.md')).toContain('(docs/README.md)');
  });

  it('start with a README of at most 220 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(220);
  });
});

describe('docs/architecture.md', () => {
  const architecture = read('docs/architecture.md');

  it('has the modules that there are, and what the linter lets each import', () => {
    const rules = [
      ...read('eslint.config.js').matchAll(/^ {2}'((?:libs|apps)\/[\w-]+)': \[([^\]]*)\],$/gm),
    ].filter(
      ([, module]) =>
        existsSync(path(`${module!}/src/index.ts`)) || existsSync(path(`${module!}/src/main.ts`)),
    );
    const rows = [...architecture.matchAll(/^\| `((?:libs|apps)\/[\w-]+)` +\| .* \| (.*?) +\|$/gm)];
    const table = (matches: RegExpExecArray[], quoted: RegExp): Record<string, string[]> =>
      Object.fromEntries(matches.map(([, module, names]) => [module!, all(names!, quoted).toSorted()]));
    expect(table(rows, /`([\w-]+)`/g)).toEqual(table(rules, /'([\w-]+)'/g));
    expect(rules.length).toBeGreaterThan(5);
  });

  it.each(['libs/llm', 'libs/chat'])('has the layers of %s as the linter has them', (module) => {
    const [, enforced] = new RegExp(`'${module}/src': \\[([^\\]]*)\\]`).exec(read('eslint.config.js'))!;
    const [, listed] = new RegExp(`^\\| layer of \`${module}\`.*\n.*\n((?:\\|.*\n)+)`, 'm').exec(
      architecture,
    )!;
    expect(all(listed!, /^\| `([\w/]+)`/gm).toReversed()).toEqual(all(enforced!, /'([\w/]+)'/g));
  });

  it('names classes, folders and tables that exist', () => {
    const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: path('') })
      .map(read)
      .join('\n');
    const names = all(architecture, /`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g);
    const http = new Set(['DtoValidator', 'AbortSignal', 'AsyncLocalStorage']);
    expect(
      names.filter(
        (name) =>
          !http.has(name) && !sources.includes(`class ${name}`) && !sources.includes(`interface ${name}`),
      ),
    ).toEqual([]);
    const tables = all(architecture, /^- \*\*`(\w+)`\*\* \(/gm);
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.filter((name) => !sources.includes(`CREATE TABLE ${name}`))).toEqual([]);
  });
});

describe('docs/resilience.md', () => {
  const resilience = read('docs/resilience.md');

  it('gives every deadline its variable and its default', () => {
    const rows = [...resilience.matchAll(/^\| [\w ]+ +\| `(LLM_\w*TIMEOUT)` +\| ([\d.]+) +\|/gm)];
    const listed = rows.map(([, name, seconds]) => [name!, Number(seconds)]);
    const { timeouts, transport } = llmDefaults;
    expect(Object.fromEntries(listed)).toEqual({
      LLM_QUEUE_TIMEOUT: timeouts.queueMs / 1000,
      LLM_CONNECT_TIMEOUT: transport.connectTimeoutMs / 1000,
      LLM_FIRST_TOKEN_TIMEOUT: timeouts.firstTokenMs / 1000,
      LLM_IDLE_TIMEOUT: timeouts.idleMs / 1000,
      LLM_TIMEOUT: timeouts.totalMs / 1000,
    });
  });

  it('has the numbers of the code that have no variable', () => {
    const rows = [...resilience.matchAll(/^\| `([a-z]\w+(?:\.\w+)?)` +\| ([\d.]+) +\|/gm)];
    const listed = Object.fromEntries(rows.map(([, name, value]) => [name!, Number(value)]));
    const numbers = (prefix: string, group: object): [string, number][] =>
      Object.entries(group)
        .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
        .map(([name, value]) => [prefix + name, value]);
    const { retryBudget, breaker, hedging, transport, maxAnswerChars } = llmDefaults;
    const {
      maxConnections,
      requestsPerConnection,
      maxQueue,
      ownerShare,
      pingTimeoutMs,
      connectTimeoutMs,
      ...fixed
    } = transport;
    expect(listed).toEqual(
      Object.fromEntries([
        ...numbers('retryBudget.', retryBudget),
        ...numbers('breaker.', breaker),
        ...numbers('hedging.', hedging),
        ...numbers('transport.', fixed),
        ['maxAnswerChars', maxAnswerChars],
      ]),
    );
    const prose = resilience.replaceAll('\n', ' ');
    expect(prose).toContain(`(${maxConnections}) connections`);
    expect(prose).toContain(`(${maxQueue}) requests that wait`);
    expect(prose).toContain(`(\`OWNER_SHARE\`, ${ownerShare})`);
    expect([requestsPerConnection, connectTimeoutMs, pingTimeoutMs]).toEqual([1, 5_000, 60_000]);
  });

  it('names the metrics that there are, the balancers, and no other variable', () => {
    const sources = globSync('libs/metrics/src/*.ts', { cwd: path('') }).filter(
      (name) => !name.endsWith('.spec.ts'),
    );
    const named = sources.flatMap((name) => [
      ...all(read(name), /name: '((?:parley|gen_ai|http)_\w+)'/g),
      ...all(read(name), /this\.#gauge\('(\w+)'/g).map((gauge) => `parley_llm_${gauge}`),
      ...all(read(name), /name: `(parley_llm_connections_)/g).flatMap((start) => [
        `${start}opened_total`,
        `${start}closed_total`,
      ]),
    ]);
    const table = all(resilience, /^\| ((?:`(?:parley|gen_ai|http)_\w+`,? ?)+)/gm);
    const listed = table.flatMap((cell) => all(cell, /`(\w+)`/g));
    expect(listed.toSorted()).toEqual(named.toSorted());
    for (const balancer of balancerNames) expect(resilience).toMatch(new RegExp(`^\\| \`${balancer}\``, 'm'));
    const variables = all(resilience, /`((?:LLM|AUTH)[A-Z_]*)[`=]/g);
    expect(variables.filter((name) => !VARIABLE_NAMES.some((known) => known === name))).toEqual([]);
  });
});
