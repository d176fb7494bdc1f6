import { describeFailure, StackError } from '#stack/host/stack-error.ts';

type Command = (args: readonly string[]) => Promise<boolean>;

/** A command is loaded when it is asked for, and compiled once for all the times to come. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  'admin create': async () => (await import('#ops/admin-create.ts')).createAdmin,
  'audit verify': async () => (await import('#ops/audit-verify.ts')).verifyAudit,
  'keys list': async () => (await import('#ops/keys.ts')).listKeys,
  'keys rotate': async () => (await import('#ops/keys.ts')).rotateKey,
  'keys revoke': async () => (await import('#ops/keys.ts')).revokeKey,
  'passwords build-filter': async () => (await import('#ops/passwords/build-filter.ts')).buildPasswordFilter,
  'pii status': async () => (await import('#ops/pii/status.ts')).showPiiStatus,
  'pii rotate': async () => (await import('#ops/pii/rotate.ts')).rotatePii,
  'pii new-key': async () => (await import('#ops/pii/keyring-keys.ts')).addKey,
  'pii use-key': async () => (await import('#ops/pii/keyring-keys.ts')).useKey,
  'pii retire-key': async () => (await import('#ops/pii/keyring-keys.ts')).retireKey,
  'users import': async () => (await import('#ops/users/import.ts')).importFile,
  'users erase': async () => (await import('#ops/users/erase.ts')).eraseUsers,
  'users export': async () => (await import('#ops/users/export.ts')).exportToFile,
  'dlq list': async () => (await import('#ops/dead-letters.ts')).listLetters,
  'dlq replay': async () => (await import('#ops/dead-letters.ts')).replayLetters,
  'dlq discard': async () => (await import('#ops/dead-letters.ts')).discardLetters,
};

/** Runs `pnpm ops <area> <command> …`. Gives its exit code: 0 all is well, 1 it is not, 2 it could not be found out. */
export async function runCommand([area, name, ...args]: readonly string[]): Promise<number> {
  try {
    const command = commands[`${area} ${name}`];
    if (command === undefined) throw new StackError(`usage: pnpm ops ${Object.keys(commands).join(' | ')}`);
    return (await (await command())(args)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`error: ${describeFailure(error)}\n`);
    return 2;
  }
}
