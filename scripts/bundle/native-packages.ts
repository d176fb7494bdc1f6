import { existsSync, realpathSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';
import * as v from 'valibot';

const names = v.optional(v.record(v.string(), v.string()), {});
const Manifest = v.object({ dependencies: names, optionalDependencies: names });

/** Packages that hold machine code: a bundle cannot contain them, it can only lie beside them. */
export interface NativePackages {
  /** Keeps them out of the bundle, and leaves out those from which nothing is used. */
  readonly plugin: Plugin;
  /** Copies the named packages, and their code for this platform, into a `node_modules` folder. */
  copy(names: readonly string[], folder: string): Promise<void>;
}

/** Collects the packages whose name fits while a bundle is made. */
export function nativePackages(name: RegExp): NativePackages {
  const manifests = new Map<string, string>();
  return {
    plugin: {
      name: 'native-packages',
      resolveId: {
        filter: { id: name },
        handler(id, importer) {
          if (importer === undefined) return null;
          const manifest = manifestOf(importer, id);
          if (manifest === undefined) throw new Error(`${id} is not installed for ${importer}`);
          manifests.set(id, manifest);
          return { id, external: true, moduleSideEffects: false };
        },
      },
    },
    async copy(names, folder) {
      for (const id of names) {
        const manifest = manifests.get(id);
        if (manifest !== undefined) await copyPackage(id, manifest, folder);
      }
    },
  };
}

async function copyPackage(id: string, manifest: string, folder: string): Promise<void> {
  await cp(dirname(manifest), join(folder, id), { recursive: true, dereference: true });
  const { dependencies, optionalDependencies } = v.parse(Manifest, JSON.parse(await readFile(manifest, 'utf8')));
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = manifestOf(manifest, needed);
    if (found !== undefined) await copyPackage(needed, found, folder);
  }
}

/** Where a package lies that a file imports; not all of them let it be asked for. Of those for all platforms one is installed. */
function manifestOf(importer: string, id: string): string | undefined {
  const folders = createRequire(importer).resolve.paths(id) ?? [];
  const found = folders.map((folder) => join(folder, id, 'package.json')).find((manifest) => existsSync(manifest));
  return found === undefined ? undefined : realpathSync(found); // from there, what it needs is found
}
