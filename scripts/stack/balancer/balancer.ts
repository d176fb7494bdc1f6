import { join } from 'node:path';
import type { Forwarding } from '#stack/balancer/forward.ts';
import { isPortFree } from '#stack/host/ports.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import type { StackPorts } from '#stack/run/stack-ports.ts';
import { appNames } from '#stack/settings/apps.ts';
import { nodeProgram, repositoryFolder } from '#stack/settings/repository.ts';

const READY_SECONDS = 15;

/**
 * Starts what answers at each app's address for all of its replicas. Apps call each other, and tools call them, at one address
 * an app, which in production is the name of a service; the gateway knows the replicas itself. Nothing is started where every
 * app runs once.
 */
export async function startBalancer(ports: StackPorts, context: ServiceContext): Promise<void> {
  const forwardings = forwardingsOf(ports);
  if (forwardings.length === 0) {
    return;
  }
  const process = await context.supervisor.start({
    name: 'balancer',
    layer: 'edge',
    command: nodeProgram,
    args: [join(repositoryFolder, 'scripts', 'balancer.ts'), JSON.stringify(forwardings)],
    env: bareEnvironment(),
  });
  const listens = async ({ listen }: Forwarding) => !(await isPortFree(listen));
  await process.untilReady(async () => {
    return (await Promise.all(forwardings.map(listens))).every(Boolean);
  }, READY_SECONDS);
}

function forwardingsOf({ apps, replicas }: StackPorts): readonly Forwarding[] {
  return appNames
    .filter((app) => replicas[app].length > 1)
    .flatMap((app) => [
      { listen: apps[app].http, targets: replicas[app].map(({ http }) => http) },
      { listen: apps[app].rpc, targets: replicas[app].map(({ rpc }) => rpc) },
    ]);
}
