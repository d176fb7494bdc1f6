// `pnpm ops <area> <command>`: what operators do by hand. Exit code 0: all is well, 1: it is not, 2: it could not be found out.
import { createAdmin } from '#ops/admin-create.ts';
import { verifyAudit } from '#ops/audit-verify.ts';
import { discardLetters, listLetters, replayLetters } from '#ops/dead-letters.ts';
import { listKeys, revokeKey, rotateKey } from '#ops/keys.ts';
import { buildPasswordFilter } from '#ops/passwords/build-filter.ts';
import { exportToFile } from '#ops/users/export.ts';
import { importFile } from '#ops/users/import.ts';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  'admin create': createAdmin,
  'audit verify': verifyAudit,
  'keys list': listKeys,
  'keys rotate': rotateKey,
  'keys revoke': revokeKey,
  'passwords build-filter': buildPasswordFilter,
  'users import': importFile,
  'users export': exportToFile,
  'dlq list': listLetters,
  'dlq replay': replayLetters,
  'dlq discard': discardLetters,
};

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = 2;
}

function run([area, name, ...args]: readonly string[]): Promise<boolean> {
  const command = commands[`${area} ${name}`];
  if (command === undefined) {
    throw new StackError(`usage: pnpm ops ${Object.keys(commands).join(' | ')}`);
  }
  return command(args);
}
