import { join } from 'node:path';
import { makeDocsFolder } from '#stack/gateway/docs-folder.ts';
import { copyGatewayIncludes, renderGatewayConfig } from '#stack/gateway/gateway-config.ts';
import { ownedFolder, serviceUser } from '#stack/host/service-user.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import type { StackPorts } from '#stack/run/stack-ports.ts';
import { eachApp } from '#stack/settings/apps.ts';
import { writeOwned } from '#stack/stores/owned-file.ts';

const READY_SECONDS = 15;
const PROBE_MS = 2_000;

/** Starts nginx in front of the apps, and gives its access log. It answers 503 for an app that does not run. */
export async function startGateway(
  program: string | undefined,
  ports: Pick<StackPorts, 'gateway' | 'staff' | 'apps'>,
  context: ServiceContext,
): Promise<string> {
  if (program === undefined) {
    throw new StackError('nginx is missing');
  }
  const user = serviceUser(['nobody']);
  const folder = ownedFolder(context.folder, 'gateway', user);
  const config = renderGatewayConfig({
    folder,
    upstreams: eachApp((app) => [`127.0.0.1:${ports.apps[app].http}`]),
    publicListen: `127.0.0.1:${ports.gateway}`,
    staffListen: `127.0.0.1:${ports.staff}`,
    workers: '1',
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
  const answers = (port: number) => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(PROBE_MS) });
  await process.untilReady(() => Promise.all([answers(ports.gateway), answers(ports.staff)]), READY_SECONDS);
  return join(folder, 'access.log');
}
