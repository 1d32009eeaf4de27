import { serverEnvironment } from './server-environment.js';

describe('serverEnvironment', () => {
  it('keeps the variables that programs need, but no secrets and PG variables', () => {
    const environment = serverEnvironment({
      PATH: '/bin',
      LLM_API_KEY: 'secret',
      PGPORT: '1',
      PGOPTIONS: '-c fsync=off',
      LC_ALL: 'de_DE',
    });
    expect(environment).toEqual({ PATH: '/bin', LC_ALL: 'C' });
  });
});
