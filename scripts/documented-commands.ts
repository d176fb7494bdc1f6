// Runs the commands that README.md and docs/development show for a running stack, one after the other as they stand there, on a
// copy of the repository with a stack of its own, and then those that go on until somebody stops them: a step of `pnpm verify:full`.
// Ends with 1 at the first that does not work.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Proof, shownCommands } from '#checks/docs/shown-commands.ts';
import { runTool } from '#checks/tool.ts';
import { poll } from '#stack/host/deadline.ts';
import { readAddresses } from '#stack/settings/addresses.ts';
import { copyWorkspace } from '#test/workspace-copy.ts';

interface Shown {
  /** As the page has it, and as it is run. */
  readonly shown: string;
  readonly command: string;
  /** Words that it must say; none where its status tells. */
  readonly says: readonly string[];
}

const startMs = 300_000;
const env = { pnpm_config_verify_deps_before_run: 'false' };

const copy = await copyWorkspace();
const folder = join(copy.root, '.stack');

try {
  await runOnStack(commandsFor('on a stack'));
  for (const command of commandsFor('until ready')) await runUntilReady(command);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await copy.remove();
}

function commandsFor(run: Extract<Proof, { run: string }>['run']): Shown[] {
  return Object.entries(shownCommands).flatMap(([shown, proof]) =>
    'run' in proof && proof.run === run
      ? [{ shown, command: proof.as ?? shown, says: 'says' in proof ? (proof.says ?? []) : [] }]
      : [],
  );
}

/** The first starts the stack, and one of the others stops it. */
async function runOnStack([start, ...others]: readonly Shown[]): Promise<void> {
  if (start === undefined) throw new Error('nothing starts a stack');
  const launcher = launch(start);
  try {
    await untilReady(launcher, start, async () => readAddresses(folder) !== undefined);
    for (const command of others) await runOnce(command);
    if (launcher.exitCode === null) await once(launcher, 'exit');
  } finally {
    await stop(launcher);
  }
}

/** A command ends with 0; one that says what it must say may end as it likes. */
async function runOnce({ shown, command, says }: Shown): Promise<void> {
  const port = new URL(readAddresses(folder)?.apps.auth.rpc ?? 'https://localhost:4201').port;
  const actual = command.replace('localhost:4201', `localhost:${port}`);
  const { status, stdout, stderr } = await runTool(copy.root, 'sh', ['-c', actual], env);
  const works = says.length === 0 ? status === 0 : says.every((words) => `${stdout}${stderr}`.includes(words));
  console.log(`${works ? 'ok    ' : 'FAILED'} ${shown}`);
  if (!works) throw new Error(`${actual} ended with ${status}:\n${stdout}${stderr}`);
}

/** It says its words, whatever apps it starts are ready, and it ends with 0 when it is asked to. */
async function runUntilReady(command: Shown): Promise<void> {
  const launcher = launch(command, 'pipe');
  let said = '';
  const saidAll = () => command.says.every((words) => said.includes(words));
  for (const output of [launcher.stdout, launcher.stderr]) output?.on('data', (chunk) => (said += chunk));
  try {
    await untilReady(launcher, command, async () => saidAll() && (await appsAreReady()));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}:\n${said}`);
  } finally {
    await stop(launcher);
  }
  console.log(`${launcher.exitCode === 0 ? 'ok    ' : 'FAILED'} ${command.shown}`);
  if (launcher.exitCode !== 0) throw new Error(`${command.shown} ended with ${launcher.exitCode}:\n${said}`);
}

async function appsAreReady(): Promise<boolean> {
  const apps = Object.values(readAddresses(folder)?.apps ?? {});
  const answers = await Promise.all(apps.map(({ http }) => fetch(`${http}/health/ready`).catch(() => undefined)));
  return answers.every((answer) => answer?.ok);
}

function launch({ command }: Shown, stdio: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
  // By `env`, since variables may stand before the program.
  return spawn('sh', ['-c', `exec env ${command}`], {
    cwd: copy.root,
    env: { ...process.env, ...env, PATH: `${join(copy.root, 'node_modules/.bin')}:${process.env['PATH']}` },
    stdio: ['ignore', stdio, stdio],
  });
}

async function untilReady(child: ChildProcess, { shown }: Shown, isReady: () => Promise<boolean>): Promise<void> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${shown} ended before it was ready`)));
  ended.catch(() => undefined); // it ends at last, which is no failure
  await Promise.race([poll(isReady, { until: `${shown} is ready`, deadlineMs: startMs }), ended]);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
