import { join } from 'node:path';
import type { ManagedProcess, Supervisor } from '#stack/host/supervisor.ts';
import { bareEnvironment } from '#stack/run/service-context.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { nodeProgram, repositoryFolder } from '#stack/settings/repository.ts';

const READY_SECONDS = 60;
const PROBE_MS = 3_000;
const ANSWER_LENGTH_MAX = 300;

export interface AppLaunch {
  readonly name: AppName;
  readonly env: Readonly<Record<string, string>>;
  readonly httpPort: number;
  /** Compiled code is kept here between starts. */
  readonly cacheFolder: string;
  /** Runs the bundle that `pnpm build` made instead of the sources. */
  readonly bundled?: boolean;
}

/** One app of a stack, which tests may stop, kill and start again. */
export interface AppHandle {
  readonly name: AppName;
  readonly url: string;
  pid(): number | undefined;
  /** Whether it has been ready since it was last started. */
  isReady(): boolean;
  /** Starts it and resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** An app as a process of its own, run from its sources or its bundle. It is not started yet. */
export function createAppHandle(launch: AppLaunch, supervisor: Supervisor): AppHandle {
  const url = `http://127.0.0.1:${launch.httpPort}`;
  let process: ManagedProcess | undefined;
  let ready = false;
  return {
    name: launch.name,
    url,
    pid: () => process?.pid,
    isReady: () => ready,
    async start() {
      ready = false;
      process = await supervisor.start({
        name: launch.name,
        layer: 'app',
        command: nodeProgram,
        args: [launch.bundled ? 'dist/main.mjs' : 'src/main.ts'],
        cwd: join(repositoryFolder, 'apps', launch.name),
        env: { ...bareEnvironment(), NODE_COMPILE_CACHE: launch.cacheFolder, ...launch.env },
      });
      await process.untilReady(() => requireReady(`${url}/health/ready`), READY_SECONDS);
      ready = true;
    },
    async stop() {
      await process?.stop();
      process = undefined;
    },
    async kill() {
      await process?.kill();
      process = undefined;
    },
  };
}

async function requireReady(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
  if (!response.ok) {
    throw new Error(`${url} answers ${response.status}: ${(await response.text()).slice(0, ANSWER_LENGTH_MAX)}`);
  }
}
