import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryFolder, type Stack } from '@bank/scripts/stack';

/** `pnpm ops admin create`, run as an operator does. */
export async function createAdmin(stack: Stack, ...args: string[]) {
  const { apps, tls } = stack.addresses;
  const own = (ending: string) => join(dirname(tls.ca), `ops.${ending}`);
  const where = ['--auth-url', apps.auth.rpc, '--ca', tls.ca, '--cert', own('pem'), '--key', own('key')];
  const command = [join(repositoryFolder, 'scripts/ops.ts'), 'admin', 'create', ...where, ...args];
  const child = spawn(process.execPath, command, { env: {} });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status as number, stdout, stderr };
}

/** The activation token for an address, as it stands in the link that the operator reads. @throws Error when there is none */
export async function activationTokenFor(stack: Stack, email: string): Promise<string> {
  const { stdout, stderr } = await createAdmin(stack, '--email', email);
  const [url = ''] = stdout.split('\n', 1);
  const token = URL.canParse(url) ? new URLSearchParams(new URL(url).hash.slice(1)).get('token') : null;
  if (token === null) throw new Error(`no link was made: ${stderr}`);
  return token;
}
