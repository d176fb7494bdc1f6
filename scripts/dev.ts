// `pnpm dev`: the stack with every app in watch mode, by `turbo run dev`.
import { delimiter, join } from 'node:path';
import { type Caretaker, runInForeground } from '#stack/run/foreground.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

const binaries = join(repositoryFolder, 'node_modules', '.bin');

/** The apps read the environments that the launcher wrote to `.stack/env`. */
const watchApps: Caretaker = async ({ startProcess, onUnexpectedExit }) => {
  const unexpected = new Promise<string>((resolve) => {
    onUnexpectedExit(({ name }) => resolve(`${name} ended unexpectedly (pnpm stack logs ${name})`));
  });
  await startProcess({
    name: 'turbo',
    layer: 'app',
    command: join(binaries, 'turbo'),
    args: ['run', 'dev', '--filter=./apps/*', '--ui=stream'],
    cwd: repositoryFolder,
    env: {
      ...process.env,
      PATH: [binaries, process.env['PATH']].join(delimiter), // turbo calls pnpm by name
      TURBO_TELEMETRY_DISABLED: '1',
    },
    inTerminal: true,
    stopSignal: 'SIGINT',
  });
  return unexpected;
};

await runInForeground({ apps: [], replicas: 1 }, watchApps);
