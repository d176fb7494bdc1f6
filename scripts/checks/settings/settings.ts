import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { Problem } from '#checks/problem.ts';
import { appNames } from '#stack/settings/apps.ts';
import { appVariables, settingNames } from '#stack/settings/settings.ts';

/** What may stand in `.env`, and what of it goes on to the apps. */
interface LauncherNames {
  readonly all: readonly string[];
  readonly passedOn: readonly string[];
}

const example = '.env.example';
const launcherFile = 'scripts/stack/settings/settings.ts';
const configFile = 'src/config.ts';
const ofLauncher: LauncherNames = { all: settingNames, passedOn: appVariables };

const ConfigModule = v.object({ loadConfig: v.custom<(env: NodeJS.ProcessEnv) => unknown>(isFunction) });

/**
 * Every variable that an app reads is a setting of the launcher or stands in the table of what production sets, and every
 * setting is described in `.env.example` and read by somebody.
 */
export async function checkSettings(root: string, launcher: LauncherNames = ofLauncher): Promise<readonly Problem[]> {
  const text = await readFile(join(root, example), 'utf8');
  const described = new Set([...text.matchAll(/^# ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
  const undescribed = launcher.all
    .filter((name) => !described.has(name))
    .map((name) => ({ file: example, message: `${name} is not described: add "# ${name}=default" to ${example}` }));
  const table = namesOfTable(text);
  const read = await variablesOfApps(root);
  const unknown = [...read]
    .filter(([name]) => !launcher.passedOn.includes(name) && !table.has(name))
    .map(([name, file]) => ({
      file,
      message:
        `${name} is not a setting of the launcher: those stand in ${launcherFile}, described in ${example}` +
        ' (one that the launcher makes by itself stands in the table at the end of it)',
    }));
  const unread = launcher.passedOn
    .filter((name) => !read.has(name))
    .map((name) => ({ file: launcherFile, message: `${name} goes to the apps, and none of them reads it` }));
  return [...undescribed, ...unknown, ...unread];
}

/** The first column of the table: `# HTTP_HOST RPC_HOST       address …`; `<APP>_RPC_URL` stands for that of each app. */
function namesOfTable(text: string): ReadonlySet<string> {
  const [, table = ''] = text.split(/^# name +type +default.*$/m);
  const names = table.split('\n').flatMap((line) => {
    const [, column = ''] = /^# (\S.*?) {2,}\S/.exec(line) ?? [];
    return column.split(' ');
  });
  return new Set(
    names.flatMap((name) =>
      name.startsWith('<APP>') ? appNames.map((app) => name.replace('<APP>', app.toUpperCase())) : [name],
    ),
  );
}

/** Each variable that an app reads, with the file that says so of the first app. */
async function variablesOfApps(root: string): Promise<ReadonlyMap<string, string>> {
  const read = new Map<string, string>();
  for (const app of appNames.filter((name) => existsSync(join(root, 'apps', name, configFile)))) {
    const file = `apps/${app}/${configFile}`;
    for (const name of await variablesOf(join(root, file))) if (!read.has(name)) read.set(name, file);
  }
  return read;
}

/**
 * The variables of an app's configuration: those that it asks an environment for, which it does by two names each, `NAME` and
 * `NAME_FILE`. Loaded by path: no tool depends on an app. @throws Error when the app has no `loadConfig`
 */
async function variablesOf(file: string): Promise<readonly string[]> {
  const module: unknown = await import(pathToFileURL(file).href);
  if (!v.is(ConfigModule, module)) throw new Error(`${file} must export \`loadConfig\``);
  const asked = new Set<string>();
  const env = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void asked.add(String(name)) });
  try {
    module.loadConfig(env);
  } catch {
    // An empty environment is no configuration; what was asked for is all that is wanted.
  }
  return [...asked].filter((name) => asked.has(`${name}_FILE`));
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
