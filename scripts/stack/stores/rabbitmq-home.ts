import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

const ROOT_APPLICATIONS = ['rabbit', 'rabbitmq_management'];
const SCRIPTS = ['rabbitmq-server', 'rabbitmq-env', 'rabbitmq-defaults'];

/**
 * Makes a RabbitMQ home with nothing but the plugins that are used, which halves the time to start: Erlang looks for
 * every module in every plugin folder, and a distribution has seventy of them. Gives the path of its server script.
 */
export function makeRabbitHome(installedHome: string, home: string): string {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, 'sbin'), { recursive: true });
  mkdirSync(join(home, 'plugins'));
  for (const script of SCRIPTS) {
    const copy = join(home, 'sbin', script);
    copyFileSync(join(installedHome, 'sbin', script), copy); // a link would be resolved to the installed home
    chmodSync(copy, 0o755);
  }
  const plugins = join(installedHome, 'plugins');
  for (const plugin of neededPlugins(plugins)) {
    symlinkSync(join(plugins, plugin), join(home, 'plugins', plugin));
  }
  return join(home, 'sbin', 'rabbitmq-server');
}

/** The folders of the needed applications and of all they need in turn; every entry where plugins are not unpacked. */
export function neededPlugins(pluginsFolder: string): string[] {
  const entries = readdirSync(pluginsFolder);
  const folderOf = new Map(entries.map((entry) => [entry.replace(/-[^-]*$/, ''), entry]));
  const needed = new Set<string>();
  const waiting = [...ROOT_APPLICATIONS];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const folder = folderOf.get(name);
    if (folder === undefined || needed.has(folder)) {
      continue; // not a plugin (Erlang's own), or known already
    }
    const descriptor = join(pluginsFolder, folder, 'ebin', `${name}.app`);
    if (!existsSync(descriptor)) {
      return entries;
    }
    needed.add(folder);
    waiting.push(...applicationsIn(readFileSync(descriptor, 'utf8')));
  }
  return [...needed];
}

/** The names in the `{applications, […]}` entry of an Erlang application's descriptor. */
function applicationsIn(descriptor: string): string[] {
  const list = /\{\s*applications\s*,\s*\[([^\]]*)\]/.exec(descriptor)?.[1] ?? '';
  return list
    .split(',')
    .map((name) => name.trim().replaceAll("'", ''))
    .filter((name) => name !== '');
}
