import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

type Environment = Readonly<Record<string, string>>;

const probe = ['/usr/bin/unshare', '--user', '--map-root-user', '--mount', 'true'];

/** Whether whoever runs this may make user namespaces in which they are root: Ubuntu ≥ 24.04 keeps that from programs without a profile. */
export function hasUserNamespaces(): boolean {
  return succeeds(probe);
}

/**
 * What goes before `unshare` so that it may make a namespace, with the environment that it is to have: nothing for root and where
 * everybody may, else sudo, which gives the capability that the kernel asks for and nothing else.
 * @throws Error where neither works
 */
export function privilegeFor(env: Environment): readonly string[] {
  if (process.getuid?.() === 0 || hasUserNamespaces()) return [];
  if (!succeeds([...bySudo({}), ...probe])) {
    throw new Error(
      'images are tried in namespaces, which this user may not make: run as root, with sudo that asks for no password, ' +
        'or after `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`',
    );
  }
  return bySudo(env);
}

/** The process that a privileged start led to: sudo stays in front of what it started, under another account. */
export function startedBy(pid: number): number {
  const user = process.getuid?.();
  if (user === 0 || statSync(`/proc/${pid}`).uid === user) return pid;
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return child === undefined ? pid : startedBy(Number(child));
}

function bySudo(env: Environment): readonly string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [
    ...['/usr/bin/sudo', '-n', '/usr/bin/env', '-i', ...variables],
    ...asUser(process.getuid?.() ?? 0, process.getgid?.() ?? 0),
  ];
}

/** What root puts before `unshare` so that another account makes a namespace, which no restriction keeps it from. */
export function asUser(user: number, group: number): readonly string[] {
  const capability = ['--inh-caps=+sys_admin', '--ambient-caps=+sys_admin'];
  return ['/usr/bin/setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups', ...capability];
}

function succeeds([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}
