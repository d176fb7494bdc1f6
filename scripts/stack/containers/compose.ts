import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dockerEnvironment, runDocker } from '#stack/host/docker-engine.ts';
import { shortHash } from '#stack/host/short-hash.ts';
import { StackError } from '#stack/host/stack-error.ts';
import type { Layer, ManagedProcess, ProcessSpec } from '#stack/host/supervisor.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

export interface ContainerRun {
  /** Names its log. */
  readonly name: string;
  readonly layer: Layer;
  /** Services of `docker-compose.yml`. */
  readonly services: readonly string[];
  /** What the file leaves open, such as ports. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Runs services in containers as one child that follows them: when it is stopped it stops them, and a run whose launcher
 * was killed is found and stopped by it as well.
 */
export function runContainers(run: ContainerRun, context: ServiceContext): Promise<ManagedProcess> {
  return context.supervisor.start(composeUp(run, context.folder));
}

/** The command of a run. Each stack's folder is a project of its own, so that several checkouts may run side by side. */
export function composeUp({ name, layer, services, variables }: ContainerRun, folder: string): ProcessSpec {
  const up = ['up', '--no-color', '--no-log-prefix', '--force-recreate', '--no-deps'];
  return {
    name,
    layer,
    command: 'docker',
    args: [...composeArguments(folder), ...up, ...services],
    env: { ...dockerEnvironment(), ...fileVariables(folder), ...variables },
  };
}

/** Removes the containers of a stack's folder with their data, where it ever had any. */
export function removeContainers(folder: string): void {
  if (!existsSync(containersFolder(folder))) {
    return;
  }
  const removed = runDocker([...composeArguments(folder), '--profile', '*', 'down', '--volumes', '--timeout', '15'], {
    env: fileVariables(folder),
    seconds: 60,
  });
  if (!removed) {
    throw new StackError('docker: the containers of this stack could not be removed; is the engine running?');
  }
  rmSync(containersFolder(folder), { recursive: true, force: true });
}

/** A folder of files that a service's container is given. */
export function filesFolder(folder: string, service: string): string {
  const files = join(containersFolder(folder), service);
  mkdirSync(files, { recursive: true, mode: 0o700 });
  return files;
}

function composeArguments(folder: string): string[] {
  const file = join(repositoryFolder, 'docker-compose.yml');
  return ['compose', '--project-name', `bank-${shortHash(folder)}`, '--file', file];
}

function fileVariables(folder: string): Record<string, string> {
  return { STACK_FILES: containersFolder(folder) };
}

function containersFolder(folder: string): string {
  return join(folder, 'containers');
}
