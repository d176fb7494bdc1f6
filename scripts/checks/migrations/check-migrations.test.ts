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

const bad = `import { SqlMigration } from '@bank/database';
export class Planted extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table profile.profiles drop column identity'];
  }
}
`;

const unbounded = `import { Migration } from '@mikro-orm/migrations';
export class Planted extends Migration {
  override up(): void {
    this.addSql('select 1');
  }
}
`.replace('@mikro-orm/migrations', '../../../packages/database/node_modules/@mikro-orm/migrations/index.js');

/** Adds migrations to the copy, as a person would. */
async function plant(sources: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(sources);
  const imports = names.map((name, place) => `import { Planted as Planted${place} } from './${name}.ts';\n`);
  const entries = names.map((name, place) => `  { name: '${name}', class: Planted${place} },\n`);
  const text = await readFile(join(copy.root, index), 'utf8');
  await copy.write(index, imports.join('') + text.replace(/^\];$/m, `${entries.join('')}];`));
  for (const [name, source] of Object.entries(sources)) await copy.write(`apps/profile/migrations/${name}.ts`, source);
}

// That those pass which are here is shown by the check itself.
it('fails a bad migration by its file, and one that nothing bounds', async () => {
  await plant({ '209901010000-planted': bad, '209901010001-planted': unbounded });
  const { status, stderr } = await runTool(copy.root, 'node', ['scripts/check.ts', 'migrations']);
  expect(status).toBe(1);
  expect(stderr).toContain(
    'apps/profile/migrations/209901010000-planted.ts  [contract] statement 1 `alter table profile.profiles drop column identity`',
  );
  expect(stderr).toContain('[session] 209901010001-planted is no migration of a kind that @bank/database runs');
});
