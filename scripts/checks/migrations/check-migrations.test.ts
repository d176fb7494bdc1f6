import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

const index = 'apps/profile/migrations/index.ts';

let copy: WorkspaceCopy;

beforeAll(async () => {
  copy = await copyWorkspace();
});
afterAll(() => copy.remove());

/** Adds a migration to the copy, as a person would, and runs the check there. */
async function checkWith(name: string, source: string) {
  const text = await readFile(join(copy.root, index), 'utf8');
  await copy.write(`apps/profile/migrations/${name}.ts`, source);
  await copy.write(
    index,
    `import { Planted } from './${name}.ts';\n${text.replace(/^\];$/m, `  { name: '${name}', class: Planted },\n];`)}`,
  );
  const result = await runTool(copy.root, 'node', ['scripts/check.ts', 'migrations']);
  await copy.write(index, text);
  return result;
}

it('passes the migrations that are here', async () => {
  expect(await runTool(copy.root, 'node', ['scripts/check.ts', 'migrations'])).toMatchObject({ status: 0, stderr: '' });
});

it('fails a bad migration by its file', async () => {
  const { status, stderr } = await checkWith(
    '209901010000-planted',
    `import { SqlMigration } from '@bank/database';
export class Planted extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table profile.profiles drop column identity'];
  }
}
`,
  );
  expect(status).toBe(1);
  expect(stderr).toContain(
    'apps/profile/migrations/209901010000-planted.ts  [contract] statement 1 `alter table profile.profiles drop column identity`',
  );
});

it('fails a migration that nothing bounds', async () => {
  const { status, stderr } = await checkWith(
    '209901010001-planted',
    `import { Migration } from '@mikro-orm/migrations';
export class Planted extends Migration {
  override up(): void {
    this.addSql('select 1');
  }
}
`.replace('@mikro-orm/migrations', '../../../packages/database/node_modules/@mikro-orm/migrations/index.js'),
  );
  expect(status).toBe(1);
  expect(stderr).toContain('[session] 209901010001-planted is no migration of a kind that @bank/database runs');
});
