import type { AppPorts } from '#stack/apps/app-environment.ts';
import type { SandboxPorts } from '#stack/apps/sandbox.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import { type AppName, appNames } from '#stack/settings/apps.ts';
import { httpPortVariable, rpcPortVariable } from '#stack/settings/port-table.ts';

export interface StackPorts {
  readonly gateway: number;
  readonly staff: number;
  readonly sandbox: SandboxPorts;
  readonly apps: Readonly<Record<AppName, AppPorts>>;
}

/** Claims the ports of everything in front of the stores. @throws StackError naming a pinned port that is taken */
export async function claimStackPorts({ portFor }: ServiceContext): Promise<StackPorts> {
  const gateway = await portFor('GATEWAY_PORT');
  const staff = await portFor('GATEWAY_STAFF_PORT');
  const sandbox = {
    http: await portFor('SANDBOX_HTTP_PORT'),
    smtp: await portFor('SANDBOX_SMTP_PORT'),
    audit: await portFor('SANDBOX_AUDIT_PORT'),
    notification: await portFor('SANDBOX_NOTIFICATION_PORT'),
  };
  const ofApps: [AppName, AppPorts][] = [];
  for (const name of appNames) {
    ofApps.push([name, { http: await portFor(httpPortVariable(name)), rpc: await portFor(rpcPortVariable(name)) }]);
  }
  return { gateway, staff, sandbox, apps: Object.fromEntries(ofApps) as Record<AppName, AppPorts> };
}
