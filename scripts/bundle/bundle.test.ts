import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

/** Tells how many pages the worst of the last hashes waited for. */
const hashing = `
  import { setTimeout as pause } from 'node:timers/promises';
  import { createPasswordHasher, staticKeyring } from '@bank/security';
  const hasher = createPasswordHasher({ pepper: staticKeyring('pepper', { k1: new Uint8Array(32).fill(7) }, 'k1') });
  const faults = [];
  for (let count = 0; count < 20; count += 1) {
    await pause(20); // longer than the allocator keeps by default what is unused
    const before = process.resourceUsage().minorPageFault;
    await hasher.decoy('violet tractor umbrella');
    faults.push(process.resourceUsage().minorPageFault - before);
  }
  console.log(Math.max(...faults.slice(-8)));`;

describe('a bundle away from the repository', () => {
  let copy: WorkspaceCopy;
  let elsewhere: string;

  beforeAll(async () => {
    copy = await copyWorkspace();
    elsewhere = await mkdtemp(join(tmpdir(), 'bundle-'));
  });
  afterAll(async () => {
    await copy.remove();
    await rm(elsewhere, { recursive: true, force: true });
  });

  async function bundle(app: string): Promise<string> {
    const built = await runTool(join(copy.root, 'apps', app), 'node', ['../../scripts/build.ts']);
    expect(built).toMatchObject({ status: 0, stderr: '' });
    await cp(join(copy.root, 'apps', app, 'dist'), join(elsewhere, app), { recursive: true });
    return join(elsewhere, app);
  }

  it.each(['auth', 'device'])('%s starts as far as its configuration', async (app) => {
    const { status, stderr, stdout } = await runTool(await bundle(app), process.execPath, ['main.mjs']);
    expect(stdout + stderr).toContain('configuration: DATABASE_URL: is missing');
    expect(status).not.toBe(0);
  });

  it('has in one file what every start needs, and beside it what is read when it is needed', async () => {
    const files = (await readdir(join(elsewhere, 'device'))).filter((name) => name.endsWith('.mjs'));
    const code = await Promise.all(files.map((name) => readFile(join(elsewhere, 'device', name), 'utf8')));
    const withSentry = files.filter((_, index) => code[index]?.includes('sentry.sample'));
    expect(withSentry).toHaveLength(1);
    expect(withSentry).not.toContain('main.mjs');
    expect(code.every((text) => /^[\0-\x7f]*$/.test(text))).toBe(true);
  });

  it('has machine code beside it only where it is used', async () => {
    expect(await readdir(join(elsewhere, 'device'))).not.toContain('node_modules');
    expect(await readdir(join(elsewhere, 'auth/node_modules/@node-rs'))).toContain('argon2');
  });

  it('makes images with what lies beside it', async () => {
    const folder = await bundle('profile');
    const code = `import sharp from 'sharp';
      const image = sharp({ create: { width: 2, height: 2, channels: 3, background: '#fff' } });
      console.log((await image.webp().toBuffer()).toString('latin1', 8, 12));`;
    await writeFile(join(folder, 'image.mjs'), code);
    expect(await runTool(folder, process.execPath, ['image.mjs'])).toMatchObject({ status: 0, stdout: 'WEBP\n' });
  });

  it('keeps the memory of hashes mapped, as the sources do', async () => {
    await writeFile(join(copy.root, 'apps/auth/src/main.ts'), hashing);
    const { stdout } = await runTool(await bundle('auth'), process.execPath, ['main.mjs']);
    // 19 MiB are 4,864 pages.
    expect(Number(stdout)).toBeLessThan(1000);
  });
});
