import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'rolldown';
import { temporaryFolder } from '#run/temporary-folder.ts';

/** Machine code cannot be bundled: it is imported from where it lies. */
const nativePackages: Plugin = {
  name: 'native-packages',
  resolveId: {
    filter: { id: /^(@node-rs\/|sharp$)/ },
    handler: (id, importer) =>
      importer === undefined
        ? null
        : { id: pathToFileURL(createRequire(importer).resolve(id)).href, external: true, moduleSideEffects: false },
  },
};

const leaveCompiled = `import { flushCompileCache } from 'node:module';\nsetImmediate(flushCompileCache);`;

/**
 * One file, for `node`, of a program that a test starts and kills again and again: to find and read its sources one by one takes most
 * of a start. It leaves its compiled code for the next in NODE_COMPILE_CACHE once it has begun: who is killed has no end to do that at. @throws Error when it cannot be bundled
 */
export async function bundledProgram(source: string): Promise<string> {
  const file = join(temporaryFolder('program'), 'main.mjs');
  await build({
    input: source,
    platform: 'node',
    plugins: [nativePackages],
    tsconfig: false, // Node itself runs these sources without one
    transform: { target: 'node26' },
    output: { file, format: 'esm', codeSplitting: false, banner: leaveCompiled },
    logLevel: 'silent', // libraries probe for companions that are not installed
    checks: { pluginTimings: false },
  });
  return file;
}
