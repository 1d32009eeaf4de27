import { descriptorShares, softDescriptorLimit } from './descriptors.js';

describe('softDescriptorLimit', () => {
  it('reads the soft limit of the process', () => {
    const limits = 'Max processes             96354                96354                processes\n';
    expect(
      softDescriptorLimit(
        () => `${limits}Max open files            1024                 4096                 files`,
      ),
    ).toBe(1024);
    expect(
      softDescriptorLimit(
        () => `${limits}Max open files            unlimited            unlimited            files`,
      ),
    ).toBeUndefined();
    expect(
      softDescriptorLimit(() => {
        throw new Error('no such file');
      }),
    ).toBeUndefined();
  });
});

describe('descriptorShares', () => {
  it('leaves descriptors for the database, LLM servers and files', () => {
    const { connections, streams } = descriptorShares(1_024, 110);
    expect(connections).toBeLessThan(1_024 - 110);
    expect(streams).toBeLessThan(connections);
    expect(streams).toBeGreaterThan(connections / 2);
  });

  it('allows some connections even with a small limit', () => {
    expect(descriptorShares(64, 1_000)).toEqual({ connections: 16, streams: 12 });
  });
});
