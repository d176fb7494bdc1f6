import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runTool } from '#checks/tool.ts';
import { dataRightsPage } from '#contracts/data-rights-page.ts';
import { generatedFolder } from '#contracts/factor-types/kind-folders.ts';
import { generateFactorTypes } from '#contracts/factor-types/registries.ts';
import { openApiYaml } from '#contracts/openapi.ts';
import { contractPaths } from '#contracts/paths.ts';

/** Writes everything that is generated from the sources at `root` below `out`. @throws Error when a generator fails */
export async function generate(root: string, out: string): Promise<void> {
  // First: what is written of the apps is read from them, and their registries say what is in them.
  await generateFactorTypes(join(root, contractPaths.factorTypes), join(out, contractPaths.factorTypes));
  await Promise.all([generateProto(root, out), generateOpenApi(root, out), generateDataRights(root, out)]);
}

/** Paths of generated files that are missing, out of date, or left over: what `pnpm codegen` would change. */
export async function staleFiles(root: string): Promise<readonly string[]> {
  const fresh = await mkdtemp(join(tmpdir(), 'codegen-'));
  try {
    await generate(root, fresh);
    const [expected, present] = await Promise.all([generatedFiles(fresh), generatedFiles(root)]);
    const files = [...new Set([...expected, ...present])].sort();
    const same = await Promise.all(files.map((file) => isSame(join(root, file), join(fresh, file))));
    return files.filter((_, index) => !same[index]);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function generateProto(root: string, out: string): Promise<void> {
  const { status, stderr } = await runTool(root, 'buf', ['generate', '--output', out]);
  if (status !== 0) throw new Error(`buf generate failed:\n${stderr.trim()}`);
}

async function generateOpenApi(root: string, out: string): Promise<void> {
  const file = join(out, contractPaths.openApi);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await openApiYaml(root));
}

async function generateDataRights(root: string, out: string): Promise<void> {
  const file = join(out, contractPaths.dataRights);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await dataRightsPage(root));
}

async function generatedFiles(root: string): Promise<readonly string[]> {
  const folders = [contractPaths.generatedCode, join(contractPaths.factorTypes, generatedFolder)];
  const code = await Promise.all(folders.map((folder) => codeIn(root, folder)));
  return [contractPaths.openApi, contractPaths.dataRights, ...code.flat()];
}

async function codeIn(root: string, folder: string): Promise<readonly string[]> {
  const files = await readdir(join(root, folder), { recursive: true });
  return files.filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((file) => readFile(file, 'utf8').catch(() => undefined)));
  return first !== undefined && first === second;
}
