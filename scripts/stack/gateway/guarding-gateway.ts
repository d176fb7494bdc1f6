import { join } from 'node:path';
import { copyGatewayIncludes, type GatewayOptions, renderGatewayConfig } from '#stack/gateway/gateway-config.ts';
import { nginxProgram } from '#stack/host/binaries.ts';
import { createPorts } from '#stack/host/ports.ts';
import { ownedFolder, serviceUser } from '#stack/host/service-user.ts';
import type { ManagedProcess } from '#stack/host/supervisor.ts';
import { bareEnvironment } from '#stack/run/service-context.ts';
import type { Stack } from '#stack/run/start-stack.ts';
import { eachApp } from '#stack/settings/apps.ts';
import { writeOwned } from '#stack/stores/owned-file.ts';

const READY_SECONDS = 15;

/**
 * For tests: a further gateway of a running stack, with `guarded` services behind its listeners, whose addresses it gives.
 * Its files lie in `folder`. @throws Error when nginx is missing
 */
export async function startGuardingGateway(
  { addresses, startProcess }: Pick<Stack, 'addresses' | 'startProcess'>,
  stackFolder: string,
  guarded: NonNullable<GatewayOptions['guarded']>,
): Promise<{ readonly process: ManagedProcess; readonly url: string; readonly staffUrl: string }> {
  const ports = createPorts({ random: true });
  const [publicPort, staffPort] = [await ports.claim({ preferred: 0 }), await ports.claim({ preferred: 0 })];
  const user = serviceUser(['nobody']);
  const folder = ownedFolder(stackFolder, 'guarding-gateway', user);
  const config = renderGatewayConfig({
    folder,
    upstreams: eachApp((app) => addresses.apps[app].replicas.map(({ http }) => new URL(http).host)),
    publicListen: `127.0.0.1:${publicPort}`,
    staffListen: `127.0.0.1:${staffPort}`,
    workers: '1',
    guarded,
  });
  copyGatewayIncludes(folder);
  const process = await startProcess({
    name: 'guarding-gateway',
    layer: 'edge',
    command: nginxProgram(),
    args: ['-e', 'stderr', '-p', folder, '-c', writeOwned(join(folder, 'nginx.conf'), config, user)],
    env: bareEnvironment(),
    user,
  });
  const [url, staffUrl] = [`http://127.0.0.1:${publicPort}`, `http://127.0.0.1:${staffPort}`];
  await process.untilReady(() => fetch(url), READY_SECONDS);
  return { process, url, staffUrl };
}
