import type { AppPorts } from '#stack/apps/app-environment.ts';
import type { SandboxPorts } from '#stack/apps/sandbox.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import { type AppName, appNames } from '#stack/settings/apps.ts';
import { defaultPorts, httpPortVariable, rpcPortVariable } from '#stack/settings/port-table.ts';

// The replicas of the app at 4101 are at 4111, 4121, …
const REPLICA_STEP = 10;

export interface StackPorts {
  readonly gateway: number;
  readonly staff: number;
  readonly sandbox: SandboxPorts;
  /** Where each app is reached, however often it runs. */
  readonly apps: Readonly<Record<AppName, AppPorts>>;
  /** Where each of its replicas listens; the same where there is one. */
  readonly replicas: Readonly<Record<AppName, readonly AppPorts[]>>;
}

/** Claims the ports of everything in front of the stores. @throws StackError naming a pinned port that is taken */
export async function claimStackPorts(context: ServiceContext, replicas: number): Promise<StackPorts> {
  const { portFor } = context;
  const gateway = await portFor('GATEWAY_PORT');
  const staff = await portFor('GATEWAY_STAFF_PORT');
  const sandbox = {
    http: await portFor('SANDBOX_HTTP_PORT'),
    smtp: await portFor('SANDBOX_SMTP_PORT'),
    audit: await portFor('SANDBOX_AUDIT_PORT'),
    notification: await portFor('SANDBOX_NOTIFICATION_PORT'),
    kyc: await portFor('SANDBOX_KYC_PORT'),
  };
  const ofApps: [AppName, AppPorts][] = [];
  for (const name of appNames) {
    ofApps.push([name, { http: await portFor(httpPortVariable(name)), rpc: await portFor(rpcPortVariable(name)) }]);
  }
  const ofReplicas: [AppName, readonly AppPorts[]][] = [];
  for (const [name, ports] of ofApps) {
    ofReplicas.push([name, replicas === 1 ? [ports] : await replicaPorts(name, replicas, context)]);
  }
  return { gateway, staff, sandbox, apps: byApp(ofApps), replicas: byApp(ofReplicas) };
}

async function replicaPorts(app: AppName, count: number, { ports }: ServiceContext): Promise<readonly AppPorts[]> {
  const claimed: AppPorts[] = [];
  for (let replica = 1; replica <= count; replica += 1) {
    const claim = (variable: string) =>
      ports.claim({ preferred: (defaultPorts[variable] ?? 0) + replica * REPLICA_STEP });
    claimed.push({ http: await claim(httpPortVariable(app)), rpc: await claim(rpcPortVariable(app)) });
  }
  return claimed;
}

function byApp<T>(entries: readonly [AppName, T][]): Readonly<Record<AppName, T>> {
  return Object.fromEntries(entries) as Record<AppName, T>;
}
