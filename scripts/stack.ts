import { prepareWholeStack } from '#stack/containers/whole-stack.ts';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';
import { describeStack, resetStack, showLog, stopStack } from '#stack/run/stack-commands.ts';
import { defaultStackFolder, wholeStackFolder } from '#stack/settings/repository.ts';

const usage = 'usage: pnpm stack status | stop | reset | logs <name> [-f] | containers';

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = 1;
}

async function run([command, name, flag]: readonly string[]): Promise<void> {
  switch (command) {
    case 'status':
      return say(describeStack(defaultStackFolder));
    case 'stop':
      return say(await stopStack(defaultStackFolder));
    case 'reset':
      return say(await resetStack(defaultStackFolder));
    case 'containers':
      return say(describeContainers(await prepareWholeStack(wholeStackFolder)));
    case 'logs':
      if (name !== undefined) {
        return showLog(defaultStackFolder, name, flag === '-f');
      }
      throw new StackError(usage);
    default:
      throw new StackError(usage);
  }
}

function describeContainers(variables: string): string {
  const files = '-f docker-compose.yml -f docker-compose.dev.yml';
  return `the files are written; now\n  docker compose --env-file ${variables} ${files} up --build`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
