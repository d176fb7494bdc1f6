import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { poll } from '#stack/host/deadline.ts';
import { openLog, tellingLine } from '#stack/host/log-file.ts';
import { processIdentity } from '#stack/host/process-identity.ts';
import { openRunRecord, signalGroup } from '#stack/host/run-record.ts';
import type { ServiceUser } from '#stack/host/service-user.ts';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';

/** Longer than an app takes at most, as in a container. */
const STOP_SECONDS = 30;

/** Processes of a layer are stopped together, after those of the layers before. */
export const layers = ['app', 'edge', 'store', 'support'] as const;
export type Layer = (typeof layers)[number];

export interface ProcessSpec {
  readonly name: string;
  readonly layer: Layer;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: ServiceUser | undefined;
  /** Its output goes to our terminal instead of a log. */
  readonly inTerminal?: true;
  /** The signal that lets it end its work; SIGTERM when not given. */
  readonly stopSignal?: NodeJS.Signals;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** Polls until the probe holds. @throws StackError with a line of the log when the process ends before that. */
  untilReady(probe: () => Promise<unknown>, seconds: number): Promise<void>;
  /** Asks it to stop, and kills its group when it has not within 30 s. */
  stop(): Promise<void>;
  /** SIGKILL to its group, at once. */
  kill(): Promise<void>;
}

/** One process by its name, whichever life it is in: for those who end it and start it again as it was. */
export interface ProcessControl {
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it with the specification that it was last started with, and with more environment where some is given. */
  start(env?: Readonly<Record<string, string>>): Promise<ManagedProcess>;
}

export interface Supervisor {
  /** @throws StackError when the program cannot be started, or everything is being stopped */
  start(spec: ProcessSpec): Promise<ManagedProcess>;
  /** Stops all processes, layer by layer; nothing can be started any more. */
  stopAll(): Promise<void>;
  /** Called when a process ends that nobody stopped. */
  onUnexpectedExit(listener: (process: ManagedProcess, exit: ProcessExit) => void): void;
  /** @throws StackError when nothing of that name was ever started */
  control(name: string): ProcessControl;
  /** The file that holds what the process prints. */
  logFile(name: string): string;
  /** SIGKILL to every group, at once, without waiting. */
  killAll(): void;
}

/**
 * Starts services as direct children, each in a process group of its own so that all its descendants can be stopped,
 * and records them so that the next run finds them if this one is killed.
 */
export function createSupervisor(recordFile: string, logFolder: string): Supervisor {
  const record = openRunRecord(recordFile);
  const listeners: ((process: ManagedProcess, exit: ProcessExit) => void)[] = [];
  const running = new Map<ManagedProcess, Layer>();
  const latest = new Map<string, Started>();
  let stopping = false;
  const logFile = (name: string) => join(logFolder, `${name}.log`);

  function track({ process, wasStopped }: ReturnType<typeof manage>, layer: Layer): ManagedProcess {
    running.set(process, layer);
    process.exited.then((exit) => {
      running.delete(process);
      record.remove(process.pid);
      if (!wasStopped()) {
        signalGroup(process.pid, 'SIGKILL'); // an nginx worker outlives its master and keeps the port
        for (const listener of listeners) {
          listener(process, exit);
        }
      }
    });
    return process;
  }

  async function start(spec: ProcessSpec): Promise<ManagedProcess> {
    if (stopping) {
      throw new StackError(`${spec.name} is not started: the stack is being stopped`);
    }
    const { child, pid } = await spawnInGroup(spec, logFile(spec.name));
    const stopSignal = spec.stopSignal ?? 'SIGTERM';
    const identity = processIdentity(pid);
    if (identity !== undefined) {
      record.add({ name: spec.name, pid, identity, stopSignal });
    }
    const process = track(manage(spec.name, pid, child, stopSignal, logFile(spec.name)), spec.layer);
    latest.set(spec.name, { spec, process });
    return process;
  }

  return {
    logFile,
    onUnexpectedExit: (listener) => void listeners.push(listener),
    start,
    control: (name) => controlOf(() => requireStarted(latest, name), start),
    async stopAll() {
      stopping = true;
      for (const layer of layers) {
        const members = [...running].filter(([, of]) => of === layer);
        await Promise.all(members.map(([process]) => process.stop()));
      }
    },
    killAll() {
      stopping = true;
      for (const { pid } of running.keys()) {
        signalGroup(pid, 'SIGKILL');
      }
    },
  };
}

interface Started {
  readonly spec: ProcessSpec;
  readonly process: ManagedProcess;
}

function requireStarted(latest: ReadonlyMap<string, Started>, name: string): Started {
  const found = latest.get(name);
  if (found === undefined) {
    throw new StackError(`${name} was never started`);
  }
  return found;
}

function controlOf(latest: () => Started, start: Supervisor['start']): ProcessControl {
  return {
    stop: async () => latest().process.stop(),
    kill: async () => latest().process.kill(),
    async start(env = {}) {
      const { spec } = latest();
      return start({ ...spec, env: { ...spec.env, ...env } });
    },
  };
}

async function spawnInGroup(spec: ProcessSpec, logFile: string): Promise<{ child: ChildProcess; pid: number }> {
  const log = openLog(logFile);
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd ?? '/',
      env: { ...spec.env },
      detached: true,
      stdio: spec.inTerminal ? ['ignore', 'inherit', 'inherit'] : ['ignore', log.descriptor, log.descriptor],
      ...(spec.user === undefined ? {} : { uid: spec.user.uid, gid: spec.user.gid }),
    });
    await once(child, 'spawn');
    if (child.pid === undefined) {
      throw new Error('it has no process id');
    }
    return { child, pid: child.pid };
  } catch (error) {
    throw new StackError(`${spec.name} could not be started: ${describeFailure(error)}`, { cause: error });
  } finally {
    log.close();
  }
}

function manage(name: string, pid: number, child: ChildProcess, stopSignal: NodeJS.Signals, logFile: string) {
  let stopped = false;
  let ended: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = { code, signal };
      resolve(ended);
    });
  });

  async function end(signal: NodeJS.Signals): Promise<void> {
    stopped = true;
    if (ended === undefined) {
      signalGroup(pid, signal);
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_SECONDS * 1000);
      await exited;
      clearTimeout(timer);
    }
    signalGroup(pid, 'SIGKILL'); // whatever its leader left behind
  }

  const process: ManagedProcess = {
    name,
    pid,
    exited,
    stop: () => end(stopSignal),
    kill: () => end('SIGKILL'),
    async untilReady(probe, seconds) {
      const until = `${name} is ready; its log is ${logFile}`;
      await poll(
        async () => {
          if (ended !== undefined) {
            const line = tellingLine(logFile) ?? `ended with ${ended.signal ?? `code ${ended.code}`}`;
            throw new StackError(`${name} ended while starting: ${line} (log: ${logFile})`);
          }
          return (await probe()) !== false;
        },
        { until, deadlineMs: seconds * 1000 },
      );
    },
  };
  return { process, wasStopped: () => stopped };
}
