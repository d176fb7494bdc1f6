// `pnpm ops audit verify`: what operators do by hand. Exit code 0: all is well, 1: it is not, 2: it could not be found out.
import { usage, verifyAudit } from '#ops/audit-verify.ts';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = 2;
}

function run([area, command, ...args]: readonly string[]): Promise<boolean> {
  if (area === 'audit' && command === 'verify') {
    return verifyAudit(args);
  }
  throw new StackError(usage);
}
