import { spawnSync } from 'node:child_process';
import { bareEnvironment } from '#stack/run/service-context.ts';

/** Whether a Docker engine answers, and its client can read Compose files. */
export function dockerAnswers(): boolean {
  return runDocker(['version', '--format', '{{.Server.Version}}']) && runDocker(['compose', 'version']);
}

export interface DockerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take; 5 when left out. */
  readonly seconds?: number;
}

/** Runs the client to its end, and gives whether it succeeded in time. */
export function runDocker(args: readonly string[], { env = {}, seconds = 5 }: DockerOptions = {}): boolean {
  const options = { env: { ...dockerEnvironment(), ...env }, timeout: seconds * 1000, stdio: 'ignore' } as const;
  return spawnSync('docker', args, options).status === 0;
}

/** What the client needs to find its engine, and no developer's secret beside it. */
export function dockerEnvironment(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('DOCKER_') || name === 'XDG_RUNTIME_DIR');
  return { ...bareEnvironment(), ...Object.fromEntries(names.map((name) => [name, process.env[name] ?? ''])) };
}
