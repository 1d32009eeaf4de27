import { Shutdown } from './shutdown.js';

describe('Shutdown', () => {
  it('runs all steps once, in reverse order, even if one fails', async () => {
    const said: string[] = [];
    const shutdown = new Shutdown((step, error) => said.push(`${step}: ${(error as Error).message}`));
    shutdown.add('database', async () => void said.push('database'));
    shutdown.add('mock', () => Promise.reject(new Error('stuck')));
    shutdown.add('server', async () => void said.push('server'));
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(said).toEqual(['server', 'mock: stuck', 'database']);
  });
});
