// Bundles the app in the current folder into dist/main.mjs with a source map: everything but native modules in one file,
// because Node does not strip types under node_modules and one file starts in half the time. Native modules lie beside it.
import { rm } from 'node:fs/promises';
import { build } from 'rolldown';
import { nativePackages } from '#bundle/native-packages.ts';

const natives = nativePackages(/^@node-rs\//);

await rm('dist', { recursive: true, force: true });
const { output } = await build({
  input: 'src/main.ts',
  platform: 'node',
  plugins: [natives.plugin],
  tsconfig: false, // Node itself runs these sources without one
  transform: { target: 'node26' },
  output: { file: 'dist/main.mjs', format: 'esm', sourcemap: true, codeSplitting: false },
  logLevel: 'warn',
  onLog(level, log, report) {
    // Libraries probe for optional companions (drivers, validators) that are not installed: the probe is theirs to handle.
    const optional = log.code === 'UNRESOLVED_IMPORT' && log.id?.includes('node_modules');
    if (!optional) report(level, log);
  },
});
await natives.copy(output[0].imports, 'dist/node_modules');
