import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '#stack/host/binaries.ts';
import { isLeftPolicy, policyText, withCluster, withoutCluster } from '#stack/host/install-traces.ts';
import { StackError } from '#stack/host/stack-error.ts';

const POLICY_FILE = '/usr/sbin/policy-rc.d';
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf';
const INIT_SCRIPTS = '/etc/init.d';
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** The Debian package of each program; the service that it may start by itself has the same name. */
export const debianPackages = {
  postgres: 'postgresql',
  redis: 'redis-server',
  rabbitmq: 'rabbitmq-server',
  nginx: 'nginx',
  prometheus: 'prometheus',
  pgbouncer: 'pgbouncer',
  compose: 'docker-compose',
  chromium: 'chromium',
} as const;

export type ServerName = keyof typeof debianPackages;

/** Whether this is a Debian or Ubuntu on which packages can be installed without asking for a password. */
export function canInstall(): boolean {
  return findProgram('apt-get') !== undefined && (isRoot() || spawnSync('sudo', ['-n', 'true']).status === 0);
}

/**
 * Installs servers with apt without letting them start, now or at boot: only private instances may run. What apt does not have is
 * left out.
 * @throws StackError with apt's last line.
 */
export function installPackages(servers: readonly ServerName[], announce: (line: string) => void): void {
  const wanted = servers.map((server) => debianPackages[server]);
  announce(`installing ${wanted.join(', ')} with apt-get (STACK_INSTALL=0 forbids it)`);
  clearKilledInstall();
  const policyIsOurs = !existsSync(POLICY_FILE);
  if (policyIsOurs) {
    writeAsRoot(POLICY_FILE, policyText(), '755');
  }
  try {
    runAsRoot(['apt-get', 'update', '-q']);
    const packages = offered(wanted);
    if (servers.includes('postgres')) {
      withoutMainCluster(() => aptInstall(packages));
    } else {
      aptInstall(packages);
    }
    for (const service of packages.filter((name) => existsSync(join(INIT_SCRIPTS, name)))) {
      runAsRoot(['update-rc.d', service, 'disable']);
    }
  } finally {
    if (policyIsOurs) {
      runAsRoot(['rm', '-f', POLICY_FILE]);
    }
  }
}

/** Takes away, where that needs no password, what an installation that was killed has left and keeps all services from starting. */
export function clearKilledInstall(): void {
  if (existsSync(POLICY_FILE) && isLeftPolicy(readFileSync(POLICY_FILE, 'utf8')) && canInstall()) {
    restoreClusterSettings();
    runAsRoot(['rm', '-f', POLICY_FILE]);
  }
}

/** Those that apt can install: Ubuntu has no package of Chromium, and one that is missing would keep all others away. */
function offered(packages: readonly string[]): string[] {
  const env = { ...process.env, LC_ALL: 'C' };
  const known = (name: string) => spawnSync('apt-cache', ['policy', name], { env, encoding: 'utf8' }).stdout;
  return packages.filter((name) => /^ +Candidate: (?!\(none\))/m.test(known(name)));
}

// The package would make a cluster on the default port. Its settings come with postgresql-common, and are put back.
function withoutMainCluster(install: () => void): void {
  aptInstall(['postgresql-common']);
  writeAsRoot(CLUSTER_SETTINGS, withoutCluster(readFileSync(CLUSTER_SETTINGS, 'utf8')), '644');
  try {
    install();
  } finally {
    restoreClusterSettings();
  }
}

function restoreClusterSettings(): void {
  const settings = existsSync(CLUSTER_SETTINGS) ? readFileSync(CLUSTER_SETTINGS, 'utf8') : '';
  const restored = withCluster(settings);
  if (restored !== settings) writeAsRoot(CLUSTER_SETTINGS, restored, '644');
}

function aptInstall(packages: readonly string[]): void {
  runAsRoot(['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages]);
}

function writeAsRoot(file: string, content: string, mode: string): void {
  runAsRoot(['sh', '-c', 'cat > "$1" && chmod "$2" "$1"', 'sh', file, mode], content);
}

function runAsRoot(command: readonly string[], input = ''): void {
  const [program = '', ...args] = isRoot() ? command : ['sudo', '-n', ...command];
  const { status, stdout, stderr } = spawnSync(program, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    input,
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (status !== 0) {
    const lastLine = `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '';
    throw new StackError(`${command.slice(0, 2).join(' ')} failed: ${lastLine}`);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
