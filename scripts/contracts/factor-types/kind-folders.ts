import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ESTree } from 'rolldown/utils';
import { parseSource } from '#checks/syntax.ts';

/** What a folder's `storage/index.ts` may bring, each under that name. */
export const storageParts = ['entities', 'repositories', 'dataRights', 'growth', 'migrations'] as const;
export type StoragePart = (typeof storageParts)[number];

/** A folder of `src/factor-types`: a kind of second factor, or what several share. */
export interface KindFolder {
  /** In kebab-case. */
  readonly folder: string;
  /** That of its kind, as rows and messages have it; undefined for a folder that is no kind. */
  readonly name: string | undefined;
  readonly storage: readonly StoragePart[];
  readonly hasRoutes: boolean;
}

/** Where what is generated lies, beside the folders. */
export const generatedFolder = 'gen';

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const nameLengthMax = 32;
const files = { kind: 'factor-type.ts', storage: 'storage/index.ts', routes: 'transport/routes.ts' } as const;

/** The folders below `root`, by name. @throws Error for one that brings nothing, or something by another name than it is looked for */
export async function kindFolders(root: string): Promise<readonly KindFolder[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== generatedFolder);
  const names = folders.map(({ name }) => name).sort();
  return await Promise.all(names.map((name) => kindFolder(root, name)));
}

async function kindFolder(root: string, folder: string): Promise<KindFolder> {
  if (!kebabCase.test(folder) || folder.length > nameLengthMax) {
    throw new Error(`${folder}: the name of a kind is kebab-case, of ${nameLengthMax} characters at most`);
  }
  const [kind, storage, routes] = await Promise.all(
    [files.kind, files.storage, files.routes].map((file) => exportsOf(root, `${folder}/${file}`)),
  );
  if (kind === undefined && storage === undefined && routes === undefined) {
    throw new Error(`${folder} brings nothing: no ${Object.values(files).join(', no ')}`);
  }
  demand(`${folder}/${files.kind}`, kind, 'factorType');
  demand(`${folder}/${files.routes}`, routes, 'routes');
  const strange = storage?.find((name) => !storageParts.some((part) => part === name));
  if (strange !== undefined) {
    throw new Error(
      `${folder}/${files.storage} exports ${strange}, and none but ${storageParts.join(', ')} is looked for`,
    );
  }
  return {
    folder,
    name: kind && folder.replaceAll('-', '_'),
    storage: storageParts.filter((part) => storage?.includes(part)),
    hasRoutes: routes !== undefined,
  };
}

function demand(file: string, exported: readonly string[] | undefined, name: string): void {
  if (exported?.includes(name) === false) throw new Error(`${file} must export \`${name}\``);
}

/** The values that a file exports, by name; undefined where there is no such file. It is read, not run. */
async function exportsOf(root: string, file: string): Promise<readonly string[] | undefined> {
  const text = await readFile(join(root, file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseSource(file, text).program.body.flatMap(namesOf);
}

function namesOf(statement: ESTree.Node): readonly string[] {
  if (statement.type === 'ExportAllDeclaration' && statement.exportKind !== 'type') return ['*'];
  if (statement.type !== 'ExportNamedDeclaration' || statement.exportKind === 'type') return [];
  const { declaration, specifiers } = statement;
  if (declaration?.type === 'VariableDeclaration') return declaration.declarations.flatMap(({ id }) => nameOf(id));
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration') {
    return declaration.id === null ? [] : [declaration.id.name];
  }
  return specifiers.filter(({ exportKind }) => exportKind !== 'type').flatMap(({ exported }) => nameOf(exported));
}

function nameOf(node: ESTree.Node): readonly string[] {
  return node.type === 'Identifier' ? [node.name] : [];
}
