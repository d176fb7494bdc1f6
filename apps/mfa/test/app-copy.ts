import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DataRights, Growth } from '@bank/database';
import type { RouteDescription } from '@bank/service-kit';
import type { Sources } from './mfa-app.ts';

const run = promisify(execFile);
const app = join(import.meta.dirname, '..');
const repository = join(app, '../..');
const kinds = 'src/factor-types';

/** A copy of the app's sources, with more kinds of factors. */
export interface AppCopy {
  readonly root: string;
  readonly sources: Sources;
  readonly dataRights: DataRights;
  readonly growth: Growth;
  readonly routes: readonly RouteDescription[];
  remove(): Promise<void>;
}

/**
 * Copies the app, puts the folders of some kinds into it as they lie in `test/fixtures`, and does what a person does then: nothing but
 * `pnpm codegen`, which here writes the registries alone.
 */
export async function copyWithKinds(...folders: readonly string[]): Promise<AppCopy> {
  const stack = join(repository, '.stack');
  await mkdir(stack, { recursive: true });
  const root = await mkdtemp(join(stack, 'mfa-copy-'));
  for (const part of ['src', 'migrations', 'package.json', 'tsconfig.json']) {
    await cp(join(app, part), join(root, part), { recursive: true });
  }
  await symlink(join(app, 'node_modules'), join(root, 'node_modules'));
  for (const folder of folders)
    await cp(join(app, 'test/fixtures', folder), join(root, kinds, folder), { recursive: true });
  await run(process.execPath, [join(repository, 'scripts/codegen.ts'), 'factor-types', join(root, kinds)]);
  const remove = () => rm(root, { recursive: true, force: true });
  return { root, ...(await partsIn(root)), remove };
}

async function partsIn(root: string): Promise<Omit<AppCopy, 'root' | 'remove'>> {
  const part = (file: string) => import(join(root, file));
  const { routes } = await part('src/transport/http/routes.ts');
  const { dataRights } = await part('src/storage/data-rights.ts');
  const { growth } = await part('src/storage/growth.ts');
  const { entities } = await part('src/storage/entities.ts');
  const { migrations } = await part('migrations/index.ts');
  const { loadConfig } = await part('src/config.ts');
  const { createContext } = await part('src/context.ts');
  const { createService } = await part('src/service.ts');
  const sources: Sources = { entities, migrations, loadConfig, createContext, createService };
  return { sources, dataRights, growth, routes };
}
