import * as v from 'valibot';
import { runTool } from '#checks/tool.ts';
import { appNames } from '#stack/settings/apps.ts';

const Affected = v.object({ packages: v.object({ items: v.array(v.object({ name: v.string() })) }) });

/** The recipe of all images, and what is installed into them. */
const recipe = [
  'infra/docker',
  '.dockerignore',
  'scripts/build.ts',
  'scripts/bundle',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
];

/** The apps whose images a change reaches through any package, and `tools`, which holds all of them. */
export async function affectedImages(root: string, before: string): Promise<readonly string[]> {
  const everything = [...appNames, 'tools'];
  const known = await runTool(root, 'git', ['cat-file', '-e', `${before}^{commit}`]);
  if (known.status !== 0) return everything;
  const unchanged = await runTool(root, 'git', ['diff', '--quiet', before, 'HEAD', '--', ...recipe]);
  if (unchanged.status !== 0) return everything;
  const listed = await runTool(root, 'turbo', ['ls', `--filter=...[${before}]`, '--output=json']);
  if (listed.status !== 0) throw new Error(`turbo cannot tell what is affected: ${listed.stderr}`);
  const names = new Set(v.parse(Affected, JSON.parse(listed.stdout)).packages.items.map(({ name }) => name));
  const apps = appNames.filter((app) => names.has(`@bank/${app}`));
  const inTools = apps.length > 0 || ['@bank/scripts', '@bank/sandbox'].some((name) => names.has(name));
  return inTools ? [...apps, 'tools'] : apps;
}
