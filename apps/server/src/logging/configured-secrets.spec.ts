import { parseConfiguration } from '../configuration/parse-configuration.js';
import { configuredRedactor, environmentRedactor, shortSecrets } from './configured-secrets.js';

const parsed = (env: NodeJS.ProcessEnv) => parseConfiguration(env, () => '');

const environment = {
  DATABASE_URL: 'postgres://parley:db-canary-1@db/parley',
  LLM_WEBSOCKET_URL: 'ws://llm-user:url-canary-2@llm/chat?token=query-canary-3&model=gpt-4o-mini',
  LLM_API_KEY: 'key-canary-4',
  LLM_PROTOCOL: 'iflytek-spark',
  LLM_PROTOCOL_VARIABLES: 'app_id=app-5,api_secret=variable-canary-6',
  AUTH: 'keys',
  API_KEYS: 'ann:api-canary-7-0123456789',
};

describe('configuredRedactor', () => {
  const redactor = configuredRedactor(parsed(environment));

  it.each([
    'db-canary-1',
    'parley:db-canary-1',
    'url-canary-2',
    Buffer.from('llm-user:url-canary-2').toString('base64').replace(/=+$/, ''),
    'query-canary-3',
    'key-canary-4',
    'variable-canary-6',
    'api-canary-7-0123456789',
  ])('redacts %s', (secret) => {
    expect(redactor.redact(`<${secret}>`)).toBe('<[secret]>');
  });

  it.each(['parley', 'gpt-4o-mini', 'postgres://db/parley', 'llm-user'])('does not redact %s', (text) => {
    expect(redactor.redact(text)).toBe(text);
  });

  it('does not redact the common password "postgres" by itself, which many messages contain', () => {
    const redactorOfDefault = configuredRedactor(
      parsed({
        DATABASE_URL: 'postgres://postgres:postgres@db/x',
        LLM_WEBSOCKET_URL: 'ws://llm',
      }),
    );
    expect(redactorOfDefault.redact('PostgreSQL at db/x')).toBe('PostgreSQL at db/x');
    expect(redactorOfDefault.redact('postgres:postgres')).toBe('[secret]');
  });

  it('reports secrets that are too short to be redacted', () => {
    expect(shortSecrets(parsed(environment))).toEqual([]);
    expect(shortSecrets(parsed({ LLM_WEBSOCKET_URL: 'ws://u:hunter2@llm', LLM_API_KEY: 'abc' }))).toEqual([
      'the API key of route primary',
      'a password or a token in an address of route primary',
    ]);
  });
});

describe('environmentRedactor', () => {
  it('redacts secrets of malformed values', () => {
    const { redact } = environmentRedactor({
      ...environment,
      LLM_WEBSOCKET_URL: 'ws//user:url-canary-2@h:99999/?token=query-canary-3',
    });
    expect(redact('url-canary-2 query-canary-3 db-canary-1 api-canary-7-0123456789')).toBe(
      '[secret] [secret] [secret] [secret]',
    );
    expect(redact('LLM_WEBSOCKET_URL must be ws://user@host')).toBe(
      'LLM_WEBSOCKET_URL must be ws://user@host',
    );
  });
});
