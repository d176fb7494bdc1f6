import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { provisionStatements } from '@bank/database';
import { Secret } from '@bank/domain';
import { type TestDatabase, testDatabase } from '@bank/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { contractPaths } from '#contracts/paths.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

const password = 'test';
const storage = 'src/factor-types/paper-code/storage';

async function provision(adminUrl: string, database: string): Promise<void> {
  const secret = new Secret(password);
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  const schemas = { mfa: { owner: secret, app: secret } };
  for (const statement of provisionStatements({ database, schemas })) await admin.query(statement);
  await admin.end();
}

describe('`pnpm db create` for a kind of factors whose table is new', () => {
  let copy: WorkspaceCopy;
  let database: TestDatabase;

  beforeAll(async () => {
    copy = await copyWorkspace();
    database = await testDatabase({ name: 'db_create', provision });
    const kind = join(copy.root, contractPaths.factorTypes, 'paper-code');
    await cp(join(copy.root, 'apps/mfa/test/fixtures/paper-code'), kind, { recursive: true });
    await rm(join(kind, 'storage/migrations'), { recursive: true });
    const index = await textOf(`apps/mfa/${storage}/index.ts`);
    await copy.write(`apps/mfa/${storage}/index.ts`, index.replaceAll(/^.*PaperCodes }.*\n/gm, ''));
    expect(await node('scripts/codegen.ts')).toMatchObject({ status: 0 });
    expect(await node('scripts/db.ts', 'migrate', 'mfa')).toMatchObject({ status: 0, stderr: '' });
  });
  afterAll(async () => {
    await copy?.remove();
    await database?.drop();
  });

  const textOf = (file: string) => readFile(join(copy.root, file), 'utf8');
  const node = (...args: readonly string[]) =>
    runTool(copy.root, 'node', args, { OWNER_DATABASE_URL: database.urlFor('mfa_owner', password) });

  it('refuses a folder that is mistyped', async () => {
    const { status, stderr } = await node(
      'scripts/db.ts',
      'create',
      'mfa',
      'paper-codes',
      storage.replace('-code', '-cod'),
    );
    expect(status).toBe(1);
    expect(stderr).toContain('there is no apps/mfa/src/factor-types/paper-cod/storage/index.ts');
  });

  it('writes a migration that the check passes, says where to list it, and makes what the entities say', async () => {
    const { stdout } = await node('scripts/db.ts', 'create', 'mfa', 'paper-codes', storage);
    const [, name = ''] = /^\S+\/migrations\/(\d+-paper-codes)\.ts: /.exec(stdout) ?? [];
    expect(stdout).toContain(
      `list it in \`migrations\`, which apps/mfa/${storage}/index.ts exports, and run "pnpm codegen"`,
    );
    const listed = `export const migrations = [{ name: '${name}', class: PaperCodes }];\n`;
    const index = await textOf(`apps/mfa/${storage}/index.ts`);
    await copy.write(
      `apps/mfa/${storage}/index.ts`,
      `import { PaperCodes } from './migrations/${name}.ts';\n${index}\n${listed}`,
    );
    expect(await node('scripts/codegen.ts')).toMatchObject({ status: 0 });
    expect(await node('scripts/check.ts', 'migrations')).toMatchObject({ status: 0, stderr: '' });
    expect(await node('scripts/db.ts', 'migrate', 'mfa')).toMatchObject({ status: 0, stdout: `mfa: ran ${name}\n` });
    expect(await node('scripts/db.ts', 'check', 'mfa')).toMatchObject({ status: 0, stderr: '' });
  });
});
