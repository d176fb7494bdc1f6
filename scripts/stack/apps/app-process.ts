import { join } from 'node:path';
import type { ManagedProcess, Supervisor } from '#stack/host/supervisor.ts';
import { bareEnvironment } from '#stack/run/service-context.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { nodeProgram, repositoryFolder } from '#stack/settings/repository.ts';

const READY_SECONDS = 60;
const PROBE_MS = 3_000;
const ANSWER_LENGTH_MAX = 300;

/**
 * What Node is told when it starts an app, here as in an image: a young generation of 16 MiB from the first request on. By itself it begins with
 * one and grows to 32 under load, which looks like a leak (docs/performance.md, Start and memory).
 */
export const nodeFlags = ['--min-semi-space-size=16', '--max-semi-space-size=16'] as const;

export interface ReplicaLaunch {
  readonly env: Readonly<Record<string, string>>;
  readonly httpPort: number;
}

export interface AppLaunch {
  readonly name: AppName;
  /** The port at which it is reached, whichever replica answers. */
  readonly httpPort: number;
  readonly replicas: readonly ReplicaLaunch[];
  /** Compiled code is kept here between starts. */
  readonly cacheFolder: string;
  /** Runs the bundle that `pnpm build` made instead of the sources. */
  readonly bundled?: boolean;
}

/** One process of a stack's app, which tests may stop, kill and start again. */
export interface ReplicaHandle {
  /** The name of the process and of its log: `auth`, and `auth-2` for the second. */
  readonly name: string;
  readonly url: string;
  pid(): number | undefined;
  /** Whether it has been ready since it was last started. */
  isReady(): boolean;
  /** Starts it and resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** An app of a stack: what is asked of it is asked of all its replicas. `pid` is the first one's. */
export interface AppHandle extends ReplicaHandle {
  readonly name: AppName;
  readonly replicas: readonly ReplicaHandle[];
}

/** An app as processes of its own, run from its sources or its bundle. They are not started yet. */
export function createAppHandle(launch: AppLaunch, supervisor: Supervisor): AppHandle {
  const replicas = launch.replicas.map((replica, index) => createReplica(launch, replica, index, supervisor));
  const each = async (act: (replica: ReplicaHandle) => Promise<void>) => {
    await Promise.all(replicas.map(act));
  };
  return {
    name: launch.name,
    url: `http://127.0.0.1:${launch.httpPort}`,
    replicas,
    pid: () => replicas[0]?.pid(),
    isReady: () => replicas.every((replica) => replica.isReady()),
    start: () => each((replica) => replica.start()),
    stop: () => each((replica) => replica.stop()),
    kill: () => each((replica) => replica.kill()),
  };
}

function createReplica(
  launch: AppLaunch,
  { env, httpPort }: ReplicaLaunch,
  index: number,
  supervisor: Supervisor,
): ReplicaHandle {
  const url = `http://127.0.0.1:${httpPort}`;
  const name = index === 0 ? launch.name : `${launch.name}-${index + 1}`;
  let process: ManagedProcess | undefined;
  let ready = false;
  return {
    name,
    url,
    pid: () => process?.pid,
    isReady: () => ready,
    async start() {
      ready = false;
      process = await supervisor.start({
        name,
        layer: 'app',
        command: nodeProgram,
        args: [...nodeFlags, launch.bundled ? 'dist/main.mjs' : 'src/main.ts'],
        cwd: join(repositoryFolder, 'apps', launch.name),
        env: { ...bareEnvironment(), NODE_COMPILE_CACHE: launch.cacheFolder, ...env },
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
