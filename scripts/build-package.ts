// Bundles the package in the current folder into dist/index.js and dist/index.d.ts, for use outside of this repository. What it
// takes of packages that are not published becomes part of both files; its `dependencies` stay imports.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type Plugin } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import * as v from 'valibot';
import { tscDeclarations } from '#bundle/declarations.ts';

const Manifest = v.object({ dependencies: v.optional(v.record(v.string(), v.string()), {}) });

const { dependencies } = v.parse(Manifest, JSON.parse(await readFile('package.json', 'utf8')));
const root = resolve(import.meta.dirname, '..');
const declarations = resolve('dist/declarations');

/** Libraries are imported, never bundled; one from which nothing is used is not even that. Their types, where used, become part. */
const librariesOutside: Plugin = {
  name: 'libraries-outside',
  resolveId: {
    filter: { id: /^(?!@bank\/)@?[a-z]/ },
    handler: (id, importer) =>
      importer === undefined || importer.endsWith('.d.ts') ? null : { id, external: true, moduleSideEffects: false },
  },
};

await rm('dist', { recursive: true, force: true });
await mkdir(declarations, { recursive: true });
const { output } = await build({
  input: 'src/index.ts',
  platform: 'node',
  tsconfig: false,
  transform: { target: 'node22' },
  plugins: [librariesOutside, dts({ generator: tscDeclarations(root, declarations), tsconfig: false })],
  output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js' },
  logLevel: 'warn',
  checks: { pluginTimings: false },
});
const imports = output.flatMap((file) => (file.type === 'chunk' ? [...file.imports, ...file.dynamicImports] : []));
const undeclared = imports.filter((name) => !name.startsWith('node:') && !Object.hasOwn(dependencies, name));
if (undeclared.length > 0) throw new Error(`the bundle imports ${undeclared.join(', ')}, which are no dependencies`);
