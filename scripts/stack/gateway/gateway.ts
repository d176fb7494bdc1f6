import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { filesFolder, runContainers } from '#stack/containers/compose.ts';
import { makeDocsFolder } from '#stack/gateway/docs-folder.ts';
import { copyGatewayIncludes, renderGatewayConfig } from '#stack/gateway/gateway-config.ts';
import { ownedFolder, serviceUser } from '#stack/host/service-user.ts';
import type { ManagedProcess } from '#stack/host/supervisor.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import type { StackPorts } from '#stack/run/stack-ports.ts';
import { eachApp } from '#stack/settings/apps.ts';
import { writeOwned } from '#stack/stores/owned-file.ts';
import type { StorePlan } from '#stack/stores/plan.ts';

const READY_SECONDS = 15;
const IMAGE_SECONDS = 300; // the first time the image is fetched
const PROBE_MS = 2_000;

type GatewayPorts = Pick<StackPorts, 'gateway' | 'staff' | 'replicas'>;

/**
 * Starts nginx in front of the apps, and gives its access log. It answers 503 for an app that does not run. `variables` are what
 * somebody set for the apps: the pages that may call are the same for both.
 */
export async function startGateway(
  source: StorePlan['nginx'],
  ports: GatewayPorts,
  variables: Readonly<Record<string, string>>,
  context: ServiceContext,
): Promise<string> {
  const origins = originsOf(ports, variables);
  const { process, folder } =
    source.kind === 'container'
      ? await startContainer(ports, origins, context)
      : await startProgram(source.program.server, ports, origins, context);
  const answers = (port: number) => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(PROBE_MS) });
  const seconds = source.kind === 'container' ? IMAGE_SECONDS : READY_SECONDS;
  await process.untilReady(() => Promise.all([answers(ports.gateway), answers(ports.staff)]), seconds);
  return join(folder, 'access.log');
}

interface StartedGateway {
  readonly process: ManagedProcess;
  readonly folder: string;
}

function originsOf({ gateway, staff }: GatewayPorts, variables: Readonly<Record<string, string>>): readonly string[] {
  const { WEB_ORIGINS = `http://localhost:${gateway}`, STAFF_ORIGINS = `http://localhost:${staff}` } = variables;
  return `${WEB_ORIGINS},${STAFF_ORIGINS}`.split(',').flatMap((origin) => origin.trim() || []);
}

async function startProgram(
  program: string,
  ports: GatewayPorts,
  origins: readonly string[],
  context: ServiceContext,
): Promise<StartedGateway> {
  const user = serviceUser(['nobody']);
  const folder = ownedFolder(context.folder, 'gateway', user);
  const config = renderGatewayConfig({
    folder,
    upstreams: eachApp((app) => ports.replicas[app].map(({ http }) => `127.0.0.1:${http}`)),
    publicListen: `127.0.0.1:${ports.gateway}`,
    staffListen: `127.0.0.1:${ports.staff}`,
    workers: '1',
    origins,
    docsFolder: makeDocsFolder(join(folder, 'docs'), user),
  });
  copyGatewayIncludes(folder);
  const process = await context.supervisor.start({
    name: 'gateway',
    layer: 'edge',
    command: program,
    args: ['-e', 'stderr', '-p', folder, '-c', writeOwned(join(folder, 'nginx.conf'), config, user)],
    env: bareEnvironment(),
    user,
  });
  return { process, folder };
}

/**
 * The same in a container. On Linux it shares the machine's network; elsewhere it is reached by published ports and reaches
 * the apps by the name that Docker Desktop gives the machine.
 */
async function startContainer(
  ports: GatewayPorts,
  origins: readonly string[],
  context: ServiceContext,
): Promise<StartedGateway> {
  const onHost = process.platform === 'linux';
  const host = onHost ? '127.0.0.1' : 'host.docker.internal';
  const folder = filesFolder(context.folder, 'gateway');
  const user = serviceUser(['nobody']);
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid);
  }
  makeDocsFolder(join(folder, 'docs'), user);
  const config = renderGatewayConfig({
    folder: '/gateway',
    upstreams: eachApp((app) => ports.replicas[app].map(({ http }) => `${host}:${http}`)),
    publicListen: onHost ? `127.0.0.1:${ports.gateway}` : '0.0.0.0:8080',
    staffListen: onHost ? `127.0.0.1:${ports.staff}` : '0.0.0.0:8090',
    workers: '1',
    origins,
    docsFolder: '/gateway/docs',
  });
  copyGatewayIncludes(folder);
  writeOwned(join(folder, 'nginx.conf'), config, user);
  const variables = {
    GATEWAY_PORT: String(ports.gateway),
    GATEWAY_STAFF_PORT: String(ports.staff),
    STACK_USER: `${user?.uid ?? process.getuid?.()}:${user?.gid ?? process.getgid?.()}`,
  };
  const services = [onHost ? 'gateway-on-host' : 'gateway-by-name'];
  return { process: await runContainers({ name: 'gateway', layer: 'edge', services, variables }, context), folder };
}
