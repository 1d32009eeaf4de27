import { Lifecycle } from './lifecycle.js';

describe('Lifecycle', () => {
  it.each<[string, (keyof Lifecycle & ('onApplicationBootstrap' | 'onModuleDestroy' | 'drain'))[], string]>([
    ['before the application has started', [], 'starting'],
    ['after the start', ['onApplicationBootstrap'], 'ready'],
    ['from the first hook of a shutdown', ['onApplicationBootstrap', 'onModuleDestroy'], 'draining'],
    ['after drain()', ['onApplicationBootstrap', 'drain'], 'draining'],
    ['when the start fails', ['onModuleDestroy'], 'draining'],
    ['when it is stopped while it starts', ['drain', 'onApplicationBootstrap'], 'draining'],
  ])('%s', (_when, steps, phase) => {
    const lifecycle = new Lifecycle();
    for (const step of steps) lifecycle[step]();
    expect(lifecycle.phase).toBe(phase);
  });
});
