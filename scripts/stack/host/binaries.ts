import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readVersion, type Version, versionAtLeast } from '#stack/host/version.ts';

/** Package managers put servers where PATH does not look. */
const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];
const POSTGRES_HOMES = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr'];
const RABBIT_HOMES = ['/usr/lib/rabbitmq/lib', '/opt/homebrew/opt', '/usr/local/opt', '/usr/local/lib/rabbitmq/lib'];

const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

export interface Binaries {
  readonly postgres?: { folder: string };
  readonly redis?: { server: string };
  /** `home` is the folder with RabbitMQ's own `sbin` and `plugins`, not the distribution's wrapper script. */
  readonly rabbitmq?: { home: string; epmd: string };
  readonly nginx?: { server: string };
  /** For tests alone: the server that scrapes metrics, and its tool for rules. */
  readonly prometheus?: { server: string; promtool: string };
  /** Where a pooler is asked for, and for tests. */
  readonly pgbouncer?: { server: string };
  /** For tests alone: what reads Compose files; the plugin of a `docker` client, or the program before it. */
  readonly compose?: { command: readonly [program: string, ...args: string[]] };
  /** For tests alone: the browser that pages are tried in. */
  readonly chromium?: { program: string };
}

export const requiredVersions = {
  postgres: [15, 0],
  redis: [7, 0],
  rabbitmq: [3, 10],
  nginx: [1, 18],
  prometheus: [2, 40],
  pgbouncer: [1, 18],
  compose: [1, 29],
  chromium: [120, 0],
} as const;

/** The servers on this machine that are new enough. */
export function findBinaries(): Binaries {
  const folder = findPostgres();
  const redis = newEnough(findProgram('redis-server'), requiredVersions.redis);
  const nginx = newEnough(findProgram('nginx'), requiredVersions.nginx, '-v');
  const home = findRabbitHome();
  const epmd = findProgram('epmd');
  const prometheus = newEnough(findProgram('prometheus'), requiredVersions.prometheus);
  const promtool = newEnough(findProgram('promtool'), requiredVersions.prometheus);
  const pgbouncer = newEnough(findProgram('pgbouncer'), requiredVersions.pgbouncer);
  const compose = findCompose();
  const chromium = findChromium();
  return {
    ...(folder === undefined ? {} : { postgres: { folder } }),
    ...(redis === undefined ? {} : { redis: { server: redis } }),
    ...(home === undefined || epmd === undefined ? {} : { rabbitmq: { home, epmd } }),
    ...(nginx === undefined ? {} : { nginx: { server: nginx } }),
    ...(prometheus === undefined || promtool === undefined ? {} : { prometheus: { server: prometheus, promtool } }),
    ...(pgbouncer === undefined ? {} : { pgbouncer: { server: pgbouncer } }),
    ...(compose === undefined ? {} : { compose }),
    ...(chromium === undefined ? {} : { chromium: { program: chromium } }),
  };
}

/** Prometheus and promtool of this machine. @throws Error when they are missing */
export function prometheusPrograms(): NonNullable<Binaries['prometheus']> {
  const { prometheus } = findBinaries();
  if (prometheus === undefined) {
    throw new Error('prometheus is missing: "npm test" installs it');
  }
  return prometheus;
}

/** Chromium of this machine, or what stands in for it. @throws Error when it is missing */
export function chromiumProgram(): string {
  const { chromium } = findBinaries();
  if (chromium === undefined) throw new Error('chromium is missing: "npm test" installs it');
  return chromium.program;
}

/** The nginx of this machine. @throws Error when it is missing */
export function nginxProgram(): string {
  const { nginx } = findBinaries();
  if (nginx === undefined) throw new Error('nginx is missing: "npm test" installs it');
  return nginx.server;
}

/** The path of a program on PATH or where package managers put servers. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...EXTRA_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function findPostgres(): string | undefined {
  const byConfig = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const candidates = [
    ...(byConfig.status === 0 ? [byConfig.stdout.trim()] : []),
    ...POSTGRES_HOMES.flatMap((home) =>
      subfolders(home)
        .filter((name) => /^(\d+|postgresql(@\d+)?)$/.test(name))
        .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
        .map((name) => join(home, name, 'bin')),
    ),
  ];
  return candidates.find(
    (folder) =>
      isExecutable(join(folder, 'initdb')) &&
      newEnough(join(folder, 'postgres'), requiredVersions.postgres) !== undefined,
  );
}

function findRabbitHome(): string | undefined {
  const candidates = RABBIT_HOMES.flatMap((base) =>
    subfolders(base)
      .filter((name) => /^rabbitmq/.test(name))
      .flatMap((name) => [join(base, name), join(base, name, 'libexec')]),
  );
  return candidates.find((home) => {
    if (!isExecutable(join(home, 'sbin', 'rabbitmq-server'))) {
      return false;
    }
    const broker = subfolders(join(home, 'plugins')).find((plugin) => /^rabbit-\d/.test(plugin));
    return broker !== undefined && versionAtLeast(readVersion(broker), requiredVersions.rabbitmq);
  });
}

function findCompose(): Binaries['compose'] {
  const docker = findProgram('docker');
  if (docker !== undefined && spawnSync(docker, ['compose', 'version']).status === 0) {
    return { command: [docker, 'compose'] };
  }
  const program = newEnough(findProgram('docker-compose'), requiredVersions.compose);
  return program === undefined ? undefined : { command: [program] };
}

/** Google's first: it has a profile by which Ubuntu gives it a sandbox. Not the snap of Ubuntu, which sees no temporary folder of ours. */
function findChromium(): string | undefined {
  const names = ['google-chrome', 'google-chrome-stable', 'chromium'];
  const installed = names.map(findProgram).find((program) => program !== undefined && !isSnap(program));
  return newEnough(installed ?? MAC_CHROME, requiredVersions.chromium);
}

function isSnap(program: string): boolean {
  return realpathSync(program) === '/usr/bin/snap';
}

function newEnough(program: string | undefined, wanted: Version, flag = '--version'): string | undefined {
  if (program === undefined || !isExecutable(program)) {
    return undefined;
  }
  const { stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' });
  return versionAtLeast(readVersion(`${stdout}${stderr}`), wanted) ? program : undefined;
}

function subfolders(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
