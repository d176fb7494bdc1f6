import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

/** Each tool of `pnpm verify` as it is configured here, on a copy with a breach planted. */
describe('the configured tools', () => {
  let copy: WorkspaceCopy;

  beforeAll(async () => {
    copy = await copyWorkspace();
  });
  afterAll(() => copy.remove());

  async function outputOf(tool: string, ...args: readonly string[]): Promise<{ status: number; output: string }> {
    const { status, stdout, stderr } = await runTool(copy.root, tool, args);
    return { status, output: stdout + stderr };
  }

  it('secretlint finds a secret wherever it stands', async () => {
    const files = ['apps/auth/src/planted.ts', '.github/planted.yml', 'infra/planted.env'];
    const secret = `export const key = '${['ghp', '016C7elbQ'.repeat(4)].join('_')}';\n`;
    for (const file of files) await copy.write(file, secret);
    const { status, output } = await outputOf('secretlint', '**/*');
    expect(status).toBe(1);
    for (const file of files) expect(output).toContain(file);
  });

  it('secretlint finds the password of a real address', async () => {
    await copy.write(
      'infra/planted.env',
      `DATABASE_URL=${['postgres://bank:Tr0ub4dor', 'db.bank.internal/bank'].join('@')}\n`,
    );
    expect(await outputOf('secretlint', 'infra/*')).toMatchObject({ status: 1 });
    await copy.write(
      'infra/planted.env',
      `DATABASE_URL=${['postgres://bank:Tr0ub4dor', '127.0.0.1:5432/bank'].join('@')}\n`,
    );
    expect(await outputOf('secretlint', 'infra/*')).toMatchObject({ status: 0 });
  });

  it('knip finds an unused file, export and dependency, and an undeclared one', async () => {
    await copy.write('packages/redis/src/planted.ts', 'export const planted = 1;\n');
    const events = 'apps/device/src/events.ts';
    await copy.write(events, `${await readFile(join(copy.root, events), 'utf8')}export const nobodyWantsThis = 1;\n`);
    const manifest = 'packages/notifications/package.json';
    const text = await readFile(join(copy.root, manifest), 'utf8');
    await copy.write(manifest, text.replace('"dependencies": {', '"dependencies": {\n    "left-pad": "1.0.0",'));
    await copy.write('packages/domain/src/undeclared.test.ts', `export * from 'nodemailer';\n`);
    const { status, output } = await outputOf('knip', '--no-progress');
    expect(status).toBe(1);
    expect(output).toContain('packages/redis/src/planted.ts');
    expect(output).toMatch(/nobodyWantsThis\s+apps\/device\/src\/events\.ts/);
    expect(output).toMatch(/left-pad\s+packages\/notifications\/package\.json/);
    expect(output).toMatch(/nodemailer\s+packages\/domain\/src\/undeclared\.test\.ts/);
  });

  it('biome finds a function over 50 lines, any, a non-null assertion and a skipped test', async () => {
    const file = 'packages/domain/src/planted.test.ts';
    await copy.write(file, `export const a: any = 1;\nexport const b = a!;\ntest.skip('x', () => {});\n`);
    await copy.write('packages/domain/src/planted.ts', `export function long() {\n${'  call();\n'.repeat(51)}}\n`);
    const { status, output } = await outputOf('biome', 'check', '--max-diagnostics=none', 'packages/domain/src');
    expect(status).toBe(1);
    for (const rule of ['noExplicitAny', 'noNonNullAssertion', 'noSkippedTests', 'noExcessiveLinesPerFunction']) {
      expect(output).toContain(rule);
    }
  });

  it('biome mends what has another form, which is half of `pnpm format`', async () => {
    await copy.write('packages/redis/src/shape.ts', 'export const shape = "wide"\n');
    expect(await outputOf('biome', 'check', '--write', 'packages/redis/src')).toMatchObject({ status: 0 });
    expect(await readFile(join(copy.root, 'packages/redis/src/shape.ts'), 'utf8')).toBe(
      "export const shape = 'wide';\n",
    );
  });

  it('buf finds a message without a comment and a service without its suffix', async () => {
    await copy.write(
      'proto/bank/user/v1/planted.proto',
      'syntax = "proto3";\n\npackage bank.user.v1;\n\nservice Planted {}\n',
    );
    const { status, output } = await outputOf('buf', 'lint');
    expect(status).toBe(100);
    expect(output).toContain('should be suffixed with "Service"');
    expect(output).toContain('should have a non-empty comment');
  });
});
