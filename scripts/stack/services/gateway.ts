import { join } from 'node:path';
import { ownedFolder, serviceUser } from '#stack/host/service-user.ts';
import { copyGatewayIncludes, renderGatewayConfig } from '#stack/services/gateway-config.ts';
import { writeOwned } from '#stack/services/owned-file.ts';
import { bareEnvironment, type ServiceContext } from '#stack/services/service-context.ts';
import type { AppName } from '#stack/settings/app-catalogue.ts';

const READY_SECONDS = 15;
const PROBE_MS = 2_000;

export interface Gateway {
  readonly publicUrl: string;
  readonly staffUrl: string;
}

/** Starts nginx in front of the apps. It answers 503 for an app that does not run. */
export async function startGateway(
  program: string,
  upstreams: Readonly<Record<AppName, readonly string[]>>,
  ports: { publicPort: number; staffPort: number },
  context: ServiceContext,
): Promise<Gateway> {
  const user = serviceUser(['nobody']);
  const folder = ownedFolder(context.folder, 'gateway', user);
  const config = renderGatewayConfig({
    folder,
    upstreams,
    publicListen: `127.0.0.1:${ports.publicPort}`,
    staffListen: `127.0.0.1:${ports.staffPort}`,
    workers: '1',
  });
  copyGatewayIncludes(folder);
  const process = await context.supervisor.start({
    name: 'gateway',
    command: program,
    args: ['-e', 'stderr', '-p', folder, '-c', writeOwned(join(folder, 'nginx.conf'), config, user)],
    env: bareEnvironment(),
    user,
  });
  const answers = (port: number) => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(PROBE_MS) });
  await process.untilReady(() => Promise.all([answers(ports.publicPort), answers(ports.staffPort)]), READY_SECONDS);
  return { publicUrl: `http://localhost:${ports.publicPort}`, staffUrl: `http://localhost:${ports.staffPort}` };
}
