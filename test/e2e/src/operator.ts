import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Addresses, repositoryFolder } from '@bank/scripts/stack';

/** `pnpm ops admin create` against a stack, run as an operator does. */
export async function createAdmin({ apps, tls }: Addresses, ...args: readonly string[]) {
  const own = (ending: string) => join(dirname(tls.ca), `ops.${ending}`);
  const where = ['--auth-url', apps.auth.rpc, '--ca', tls.ca, '--cert', own('pem'), '--key', own('key')];
  const command = [join(repositoryFolder, 'scripts/ops.ts'), 'admin', 'create', ...where, ...args];
  const child = spawn(process.execPath, command, { env: {} });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status as number, stdout, stderr };
}

/** The activation link for an address, as the operator reads it. @throws Error with what the command says when there is none */
export async function activationLink(addresses: Addresses, email: string): Promise<string> {
  const { status, stdout, stderr } = await createAdmin(addresses, '--email', email);
  if (status !== 0) throw new Error(stderr.trim());
  return stdout.split('\n', 1)[0] ?? '';
}

/** The token of an activation link: what the page behind it sends. */
export function activationTokenOf(link: string): string {
  return new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? '';
}
