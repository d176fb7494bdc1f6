import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse as parseYaml } from 'yaml';
import type { Problem } from '#checks/problem.ts';
import { runTool } from '#checks/tool.ts';
import { asObject } from '#contracts/json.ts';
import { openApiChanges } from '#contracts/openapi-changes.ts';
import { contractPaths } from '#contracts/paths.ts';

const baselines = [contractPaths.protoBaseline, contractPaths.openApiBaseline] as const;

/** What the release that moved the baselines wrote down: its version and the SHA-256 of each. */
const BaselineRecord = v.object({ version: v.string(), sha256: v.record(v.string(), v.string()) });

const BufFinding = v.object({
  path: v.optional(v.string(), 'proto'),
  start_line: v.optional(v.number()),
  message: v.string(),
});

/** Baselines that are missing, or are not the ones the last release wrote. */
export async function movedBaselines(root: string): Promise<readonly Problem[]> {
  const text = await readFile(join(root, contractPaths.baselineRecord), 'utf8').catch(() => undefined);
  if (text === undefined) return [{ file: contractPaths.baselineRecord, message: 'missing: `pnpm release` writes it' }];
  const record = v.parse(BaselineRecord, JSON.parse(text));
  const files = [...new Set([...baselines, ...Object.keys(record.sha256)])];
  const digests = await Promise.all(files.map((file) => digestOf(root, file)));
  return files
    .filter((file, index) => digests[index] === undefined || digests[index] !== record.sha256[file])
    .map((file) => ({ file, message: `is not what release ${record.version} wrote: only \`pnpm release\` moves it` }));
}

/** What breaks a client of the last release, in either contract. */
export async function breakingChanges(root: string): Promise<readonly Problem[]> {
  const [proto, openApi] = await Promise.all([brokenProto(root), brokenOpenApi(root)]);
  return [...proto, ...openApi];
}

/** Makes what stands now the promise of `version`. */
export async function moveBaselines(root: string, version: string): Promise<void> {
  const built = await runTool(root, 'buf', ['build', '--output', contractPaths.protoBaseline]);
  if (built.status !== 0) throw new Error(`buf build failed:\n${built.stderr.trim()}`);
  await writeFile(join(root, contractPaths.openApiBaseline), await readFile(join(root, contractPaths.openApi)));
  const sha256 = Object.fromEntries(
    await Promise.all(baselines.map(async (file) => [file, await digestOf(root, file)])),
  );
  await writeFile(join(root, contractPaths.baselineRecord), `${JSON.stringify({ version, sha256 }, null, 2)}\n`);
}

/** Writes down what a further file of the release is, which then nothing else may change. */
export async function recordBaseline(root: string, file: string): Promise<void> {
  const path = join(root, contractPaths.baselineRecord);
  const { version, sha256 } = v.parse(BaselineRecord, JSON.parse(await readFile(path, 'utf8')));
  const digest = await digestOf(root, file);
  if (digest === undefined) throw new Error(`${file} is missing`);
  await writeFile(path, `${JSON.stringify({ version, sha256: { ...sha256, [file]: digest } }, null, 2)}\n`);
}

async function brokenProto(root: string): Promise<readonly Problem[]> {
  const args = ['breaking', '--against', contractPaths.protoBaseline, '--error-format', 'json'];
  const { status, stdout, stderr } = await runTool(root, 'buf', args);
  if (status === 0) return [];
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  if (lines.length === 0) throw new Error(`buf breaking failed:\n${stderr.trim()}`);
  return lines.map((line) => {
    const { path, start_line, message } = v.parse(BufFinding, JSON.parse(line));
    return { file: path, ...(start_line === undefined ? {} : { line: start_line }), message };
  });
}

async function brokenOpenApi(root: string): Promise<readonly Problem[]> {
  const [before, after] = await Promise.all(
    [contractPaths.openApiBaseline, contractPaths.openApi].map((file) => readFile(join(root, file), 'utf8')),
  );
  const changes = openApiChanges(asObject(parseYaml(before ?? '')), asObject(parseYaml(after ?? '')));
  return changes.map(({ where, what }) => ({ file: contractPaths.openApi, message: `${where}: ${what}` }));
}

async function digestOf(root: string, file: string): Promise<string | undefined> {
  const bytes = await readFile(join(root, file)).catch(() => undefined);
  return bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
}
