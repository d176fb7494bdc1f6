// Runs on any Node from 18 on, before anything is installed: brings the pinned pnpm, the dependencies and with them the
// pinned Node, then hands over to scripts/<task>.ts. Plain JavaScript without dependencies for that reason.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 18;
const PARENT_CHECK_MS = 250;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pinnedNode = join(root, 'node_modules', '.bin', 'node');
const stamp = join(root, 'node_modules', '.installed-from');
const tasks = ['start', 'test', 'dev'];

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

/**
 * @param {string[]} args the task, and what it is called with
 * @returns {Promise<number>} the exit code of the task
 */
async function main([task = '', ...args]) {
  if (!tasks.includes(task)) {
    throw new Error(`unknown task "${task}": one of ${tasks.join(', ')}`);
  }
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new Error(`Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer`);
  }
  if (!isInstalled()) {
    await install();
  }
  return run(pinnedNode, [join(root, 'scripts', `${task}.ts`), ...args]);
}

/** Whether what is installed was installed from the lockfile and the settings that are there now. */
function isInstalled() {
  return existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

async function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stdout.write(`installing dependencies with ${packageManager}\n`);
  const withoutQuestions = '--config.confirmModulesPurge=false';
  const code = await run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', withoutQuestions]);
  if (code !== 0) {
    throw new Error(`the dependencies could not be installed (${packageManager} ended with ${code}); see above`);
  }
  if (!existsSync(pinnedNode)) {
    throw new Error(`the lockfile has no Node for ${process.platform} on ${process.arch}`);
  }
  writeFileSync(stamp, fingerprint());
}

/**
 * Runs a program in the foreground, passing on the signals that ask us to stop.
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
    const passOn = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) {
      process.on(signal, passOn);
    }
    const watch = watchNpm(() => child.kill('SIGTERM'));
    child.once('error', (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) {
        process.off(name, passOn);
      }
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
    });
  });
}

/** npm does not pass SIGKILL on, and its death would leave us running: we ask every now and then whether it is there. */
function watchNpm(onGone) {
  const parent = process.ppid;
  const startedByNpm = process.env['npm_lifecycle_event'] !== undefined;
  const timer = setInterval(() => {
    if (startedByNpm && process.ppid !== parent) {
      clearInterval(timer);
      onGone();
    }
  }, PARENT_CHECK_MS);
  return timer;
}
