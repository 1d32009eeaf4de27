import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { parseEnv } from 'node:util';
import { type Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { CONFIGURATION, ConfigurationModule } from './configuration.module.js';
import { VARIABLE_NAMES } from './environment.js';
import { loadConfiguration } from './load-configuration.js';

describe('loadConfiguration', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-configuration-'));
    file = join(folder, '.env');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads the file; variables of the environment take precedence unless they are empty', () => {
    writeFileSync(
      file,
      '# ours\nPORT=4001\nHOST="localhost"\nLLM_MODEL_NAME=m # a comment\nLLM_MAX_TOKENS=5\n',
    );
    const { http, llm } = loadConfiguration({ PORT: '5001', LLM_MAX_TOKENS: '' }, file);
    expect([http.host, http.port, llm.model, llm.maxTokens]).toEqual(['localhost', 5001, 'm', 5]);
  });

  it('works without a file, and does not change process.env', () => {
    const before = { ...process.env };
    expect(loadConfiguration({}, join(folder, 'none')).http.port).toBe(3001);
    writeFileSync(file, 'LLM_CLIENT_ID=from-the-file\n');
    expect(loadConfiguration({}, file).llm.clientId).toBe('from-the-file');
    expect(process.env).toEqual(before);
  });

  it('reports a file that cannot be read', () => {
    expect(() => loadConfiguration({}, folder)).toThrow(ConfigurationError);
    expect(() => loadConfiguration({}, folder)).toThrow(/cannot be read \(EISDIR\)/);
  });

  it('never skips a file with another encoding', () => {
    writeFileSync(file, Buffer.from('\uFEFFAUTH=keys\n', 'utf16le'));
    expect(() => loadConfiguration({}, file)).toThrow(
      new ConfigurationError([`the file ${file} is UTF-16 or binary: save it as UTF-8`]),
    );
    writeFileSync(file, '\uFEFFPORT=4001\n');
    expect(loadConfiguration({}, file).http.port).toBe(4001);
  });

  it('reports lines that would be skipped or cut together with all other mistakes', () => {
    writeFileSync(file, 'AUTH: keys\nPORT=x\nLLM_API_KEY=abc#defghijk\n');
    const mistakes = [
      `the file ${file}: line 1 has no "=": write NAME=value, or # before a comment`,
      `the file ${file}: line 3 has a "#" in LLM_API_KEY, which cuts the value there: put the value in quotes`,
      'PORT is "x"; it must be a whole number from 0 to 65535',
    ];
    expect(() => loadConfiguration({}, file)).toThrow(new ConfigurationError(mistakes));
  });

  it('names the encoding of files that variables name', () => {
    const other = join(folder, 'llm.yaml');
    writeFileSync(other, Buffer.from('\uFEFFroutes: []\n', 'utf16le'));
    for (const name of ['LLM_CONFIG', 'LLM_PROTOCOL', 'LLM_EXTRA_CA']) {
      expect(() => loadConfiguration({ [name]: other }, file)).toThrow(
        /is UTF-16 or binary: save it as UTF-8/,
      );
    }
  });

  it('names values that arrive with quotes around them, and shows no secret', () => {
    const quoted = { PORT: '"4001"', LLM_API_KEY: "'key-0123456789'", LLM_FALLBACK_REPLY: '"Later."' };
    const rule = 'has quotes around its value, which arrive as a part of it: leave them out';
    expect(() => loadConfiguration(quoted, file)).toThrow(
      new ConfigurationError([`PORT ${rule}`, `LLM_API_KEY ${rule}`]),
    );
  });

  it('reads additional CA certificates', () => {
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, rootCertificates[0] ?? '');
    expect(loadConfiguration({ LLM_EXTRA_CA: ca }, file).llm.extraCa).toBe(
      `${rootCertificates[0]?.trim()}\n`,
    );
  });

  it('names what is wrong with TLS in DATABASE_URL, and the files that it needs', () => {
    const mistake = (query: string) => {
      const variables = { DATABASE_URL: `postgres://ann:hunter2hunter2@db/p?${query}` };
      try {
        loadConfiguration(variables, '/no/such/file', 'migrating');
        return 'none';
      } catch (error) {
        expect((error as Error).message).not.toContain('hunter2');
        return (error as Error).message;
      }
    };
    expect(mistake('sslmode=verify-full')).toBe('none');
    expect(mistake('sslmode=requir')).toMatch(/DATABASE_URL \(not shown here\) has an unknown sslmode/);
    const missing = 'DATABASE_URL has sslrootcert="/none.crt"; the file cannot be read (ENOENT)';
    expect(mistake('sslmode=verify-full&sslrootcert=/none.crt')).toContain(missing);
    expect(mistake('sslmode=require&sslcert=/a.crt&sslkey=/a.key').match(/ENOENT/g)).toHaveLength(2);
    const wrong = 'the file has no certificate in PEM form';
    expect(mistake('sslmode=verify-ca&sslrootcert=package.json')).toContain(wrong);
  });

  it('freezes the configuration deeply', () => {
    const configuration = loadConfiguration({ AUTH: 'keys', API_KEYS: 'ann:0123456789abcdef' }, file);
    expect(() => (configuration.http.port = 1)).toThrow(TypeError);
    expect(() => configuration.auth.keys.pop()).toThrow(TypeError);
    expect(() => Object.assign(configuration.auth.keys[0] ?? {}, { name: 'x' })).toThrow(TypeError);
  });

  it('is injected as the same object', async () => {
    @Injectable()
    class Reader {
      constructor(@Inject(CONFIGURATION) readonly configuration: Configuration) {}
    }
    @Module({ providers: [Reader] })
    class Inner {}
    const configuration = loadConfiguration({}, file);
    const module = await Test.createTestingModule({
      imports: [ConfigurationModule.forRoot(configuration), Inner],
    }).compile();
    expect(module.get(Reader, { strict: false }).configuration).toBe(configuration);
    await module.close();
  });
});

describe('.env.example', () => {
  const example = new URL('../../../../.env.example', import.meta.url);
  const text = readFileSync(example, 'utf8');

  it('lists each variable of Environment once, with a comment', () => {
    const lines = text.split('\n');
    const assigned = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=')[0] as string);
    expect(assigned.toSorted()).toEqual(VARIABLE_NAMES.toSorted());
    const bare = lines.filter((line, at) => /^[A-Z]/.test(line) && !lines[at - 1]?.startsWith('# '));
    expect(bare).toEqual([]);
  });

  it('can be parsed, and contains the defaults', () => {
    const nothing = join(tmpdir(), 'parley-no-such-file');
    const fromExample = loadConfiguration(parseEnv(text), nothing);
    expect(fromExample).toEqual(loadConfiguration({}, nothing));
  });
});
