// Runs the commands that README.md and docs/development show for a running stack, one after the other as they stand there, on a
// copy of the repository with a stack of its own: a step of `pnpm verify:full`. Ends with 1 at the first that does not work.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { shownCommands } from '#checks/docs/shown-commands.ts';
import { runTool } from '#checks/tool.ts';
import { poll } from '#stack/host/deadline.ts';
import { addressesFile, readAddresses } from '#stack/settings/addresses.ts';
import { copyWorkspace } from '#test/workspace-copy.ts';

const startMs = 180_000;
const env = { pnpm_config_verify_deps_before_run: 'false' };

const copy = await copyWorkspace();
const folder = join(copy.root, '.stack');
const commands = Object.entries(shownCommands).flatMap(([shown, proof]) =>
  'run' in proof && proof.run === 'on a stack' ? [{ shown, command: proof.as ?? shown, says: proof.says ?? '' }] : [],
);
const [start, ...others] = commands;
const launcher = spawn('sh', ['-c', `exec ${start?.command}`], {
  cwd: copy.root,
  env: { ...process.env, ...env, PATH: `${join(copy.root, 'node_modules/.bin')}:${process.env['PATH']}` },
  stdio: 'inherit',
});
try {
  await untilReady(launcher);
  for (const { shown, command, says } of others) await run(shown, command, says);
  if (launcher.exitCode === null) await once(launcher, 'exit');
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  launcher.kill('SIGTERM');
  if (launcher.exitCode === null && launcher.signalCode === null) await once(launcher, 'exit');
  await copy.remove();
}

async function untilReady(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${start?.shown} ended before it was ready`)));
  const ready = poll(async () => readAddresses(folder) !== undefined, {
    until: `${addressesFile(folder)} is there`,
    deadlineMs: startMs,
  });
  ended.catch(() => undefined); // it ends at last, which is no failure
  await Promise.race([ready, ended]);
}

/** A command ends with 0; one that says what it must say may end as it likes. */
async function run(shown: string, command: string, says: string): Promise<void> {
  const port = new URL(readAddresses(folder)?.apps.auth.rpc ?? 'https://localhost:4201').port;
  const actual = command.replace('localhost:4201', `localhost:${port}`);
  const { status, stdout, stderr } = await runTool(copy.root, 'sh', ['-c', actual], env);
  const works = says === '' ? status === 0 : `${stdout}${stderr}`.includes(says);
  console.log(`${works ? 'ok    ' : 'FAILED'} ${shown}`);
  if (!works) throw new Error(`${actual} ended with ${status}:\n${stdout}${stderr}`);
}
