import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Generator } from 'rolldown-plugin-dts';

const run = promisify(execFile);

/**
 * Declarations as tsc writes them, for a bundler that puts them together: of a source and all of ours that it
 * imports, in one run of tsc. `root` is the repository's, `folder` is for this alone and lies where the types of Node are found.
 */
export function tscDeclarations(root: string, folder: string): Generator {
  let lastRun: Promise<unknown> = Promise.resolve();
  const written = (source: string) =>
    readFile(join(folder, 'out', relative(root, source)).replace(/\.ts$/, '.d.ts'), 'utf8').catch(() => undefined);

  async function declare(source: string): Promise<string | undefined> {
    const known = await written(source);
    if (known !== undefined) return known;
    await declareAll(source, root, folder);
    return await written(source);
  }

  return {
    async emit(_code, source) {
      const code = lastRun.then(() => declare(source));
      lastRun = code.catch(() => undefined);
      const text = await code;
      return text === undefined ? { error: `tsc wrote no declarations of ${source}` } : { code: text };
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** @throws Error with what tsc says, when there is anything */
async function declareAll(source: string, root: string, folder: string): Promise<void> {
  const config = {
    extends: resolve(root, 'packages/tsconfig/base.json'),
    compilerOptions: {
      ...{ noEmit: false, declaration: true, emitDeclarationOnly: true },
      ...{ rootDir: root, outDir: 'out' },
      // By way of node_modules our own packages would be taken for libraries, of which nothing is written.
      paths: { '@bank/*': [join(root, 'packages/*/src/index.ts')] },
    },
    files: [source],
  };
  const file = join(folder, 'tsconfig.json');
  await writeFile(file, JSON.stringify(config));
  await run('tsc', ['-p', file]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
}
