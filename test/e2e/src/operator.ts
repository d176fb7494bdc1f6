import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { type Addresses, repositoryFolder } from '@bank/scripts/stack';

/** What a command of an operator came to. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `pnpm ops admin create` against a stack, run as an operator does. */
export function createAdmin({ apps, tls }: Addresses, ...args: readonly string[]): CommandResult {
  const own = (ending: string) => join(dirname(tls.ca), `ops.${ending}`);
  const where = ['--auth-url', apps.auth.rpc, '--ca', tls.ca, '--cert', own('pem'), '--key', own('key')];
  const command = [join(repositoryFolder, 'scripts/ops.ts'), 'admin', 'create', ...where, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env: {} });
  return { status, stdout, stderr };
}

/** The activation link for an address, as the operator reads it. @throws Error with what the command says when there is none */
export function activationLink(addresses: Addresses, email: string): string {
  const { status, stdout, stderr } = createAdmin(addresses, '--email', email);
  if (status !== 0) throw new Error(stderr.trim());
  return stdout.split('\n', 1)[0] ?? '';
}
