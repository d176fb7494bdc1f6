// Bundles the app in the current folder into dist/main.mjs with a source map: everything that every start needs in one file,
// because Node does not strip types under node_modules and one file starts in half the time. Beside it lie native modules,
// and what is imported when it is needed (Sentry), which an app without it never reads.
import { rm } from 'node:fs/promises';
import { build } from 'rolldown';
import { asciiOnly } from '#bundle/ascii-only.ts';
import { nativePackages } from '#bundle/native-packages.ts';

const natives = nativePackages(/^(@node-rs\/|sharp$)/);

await rm('dist', { recursive: true, force: true });
const { output } = await build({
  input: 'src/main.ts',
  platform: 'node',
  plugins: [natives.plugin, asciiOnly()],
  tsconfig: false, // Node itself runs these sources without one
  transform: { target: 'node26' },
  output: {
    dir: 'dist',
    entryFileNames: 'main.mjs',
    chunkFileNames: '[name]-[hash].mjs',
    format: 'esm',
    sourcemap: true,
    comments: false, // a process keeps the text of its code in memory
  },
  logLevel: 'warn',
  onLog(level, log, report) {
    // Libraries probe for optional companions (drivers, validators) that are not installed: the probe is theirs to handle.
    const optional = log.code === 'UNRESOLVED_IMPORT' && log.id?.includes('node_modules');
    if (!optional) report(level, log);
  },
});
const imports = output.flatMap((file) => (file.type === 'chunk' ? [...file.imports, ...file.dynamicImports] : []));
await natives.copy(imports, 'dist/node_modules');
