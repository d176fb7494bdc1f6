import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateFactorTypes } from '#contracts/factor-types/registries.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const kind = 'export const factorType = defineFactorType();\n';
const routes = 'export const routes = [];\n';

/** The registries of such folders, by their paths. */
function registriesOf(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const placed = Object.fromEntries(Object.entries(files).map(([file, text]) => [`kinds/${file}`, text]));
  return inWorkspace(placed, async (workspace) => {
    const root = join(workspace, 'kinds');
    await generateFactorTypes(root, root);
    const names = ['factor-types', 'storage/names', 'storage/parts', 'transport/routes'];
    const texts = names.map(async (name) => [name, await readFile(join(root, 'gen', `${name}.gen.ts`), 'utf8')]);
    return Object.fromEntries(await Promise.all(texts));
  });
}

const folders = {
  'factor-type.ts': 'export interface FactorType {}\n',
  'totp/factor-type.ts': kind,
  'totp/storage/index.ts': 'export const entities = [];\nexport const growth = {}, dataRights = {};\n',
  'paper-code/factor-type.ts': kind,
  'paper-code/storage/index.ts':
    "export type Row = {};\nexport function repositories(unit) {}\nexport { migrations, type Row as Line } from './migrations/index.ts';\n",
  'paper-code/transport/routes.ts': routes,
  'sent-code/transport/routes.ts': routes,
  'gen/old.gen.ts': 'export {};\n',
};

describe('the registries', () => {
  it('name the folders that are kinds, and each by its own name', async () => {
    const written = await registriesOf(folders);
    expect(written['storage/names']).toContain("export const factorTypeNames = ['paper_code', 'totp'] as const;");
    expect(written['factor-types']).toContain(
      "import { factorType as paperCode } from '#factor-types/paper-code/factor-type.ts';",
    );
    expect(written['factor-types']).toContain('  paper_code: paperCode,\n  totp,\n};');
  });

  it('take from each folder what it brings, and nothing else', async () => {
    const written = await registriesOf(folders);
    expect(written['transport/routes']).toContain('export const routes = [...paperCode, ...sentCode];');
    const parts = written['storage/parts'];
    expect(parts).toContain('export const entities = [\n  ...totp.entities,\n];');
    expect(parts).toContain('({\n  ...paperCode.repositories(unit),\n});');
    expect(parts).toMatch(/dataRights: .* = \[\n {2}totp\.dataRights,\n\];/);
    expect(parts).toMatch(/growth: .* = \[\n {2}totp\.growth,\n\];/);
    expect(parts).toMatch(/migrations: .* = \[\n {2}\.\.\.paperCode\.migrations,\n\];/);
    expect(parts).not.toContain('sentCode');
  });

  it('are the same whatever order a disk lists folders in', async () => {
    const turned = Object.fromEntries(Object.entries(folders).toReversed());
    expect(await registriesOf(turned)).toEqual(await registriesOf(folders));
  });
});

describe('a folder is refused', () => {
  it.each([
    ['that brings nothing', { 'empty/notes.ts': 'export {};\n' }, 'empty brings nothing'],
    ['whose kind has another name', { 'totp/factor-type.ts': 'export const totp = 1;\n' }, 'must export `factorType`'],
    [
      'whose routes have another name',
      { 'totp/transport/routes.ts': 'export const totp = 1;\n' },
      'must export `routes`',
    ],
    [
      'whose tables have another name',
      { 'totp/storage/index.ts': 'export const entites = [];\n' },
      'totp/storage/index.ts exports entites, and none but entities, repositories',
    ],
    ['that passes on what cannot be seen', { 'totp/storage/index.ts': "export * from './rows.ts';\n" }, 'exports *'],
    ['of no name', { 'Paper_Code/factor-type.ts': kind }, 'kebab-case'],
    ['of a name that no row can have', { [`${'a'.repeat(33)}/factor-type.ts`]: kind }, '32 characters'],
  ])('%s', async (_, files, message) => {
    await expect(registriesOf(files)).rejects.toThrow(message);
  });
});
