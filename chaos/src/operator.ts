import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryFolder } from '@bank/scripts/stack';

/** `pnpm ops …`, run as an operator does, with these variables alone. Gives what it printed, and its exit code. */
export async function runOperator(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly printed: string }> {
  const child = spawn(process.execPath, [join(repositoryFolder, 'scripts', 'ops.ts'), ...args], { env });
  const [printed, complaint, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { status: status as number, printed: printed + complaint };
}
