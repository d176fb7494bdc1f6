import { dirname, join } from 'node:path';
import { environmentFile, writeEnvironmentFile } from '#stack/apps/app-files.ts';
import { sandboxLookupVariables } from '#stack/apps/lookup-variables.ts';
import { carrierVariables } from '#stack/apps/message-variables.ts';
import { sandboxStorages } from '#stack/apps/storage-variables.ts';
import type { BrokerEntrance } from '#stack/provisioning/broker.ts';
import { secretsFolder } from '#stack/run/prepare.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import { nodeProgram, repositoryFolder } from '#stack/settings/repository.ts';

const READY_SECONDS = 30;
const PROBE_MS = 2_000;

export interface SandboxPorts {
  readonly http: number;
  readonly smtp: number;
  readonly audit: number;
  readonly notification: number;
  readonly kyc: number;
}

/** Starts the app that answers for third parties and shows the messages "sent". */
export async function startSandbox(
  { sandbox: ports, gateway }: { readonly sandbox: SandboxPorts; readonly gateway: number },
  broker: BrokerEntrance,
  context: ServiceContext,
): Promise<void> {
  const { folder, secrets, tls } = context;
  const env = {
    ...sandboxEnvironment(ports, broker, dirname(tls.caFile)),
    ...carrierVariables({
      gatewayUrl: `http://localhost:${gateway}`,
      secrets,
      secretsFolder: secretsFolder(folder),
    }),
    ...sandboxStorages(secrets),
    ...sandboxLookupVariables({ secrets }),
  };
  writeEnvironmentFile(environmentFile(folder, 'sandbox'), env);
  const process = await context.supervisor.start({
    name: 'sandbox',
    layer: 'edge',
    command: nodeProgram,
    args: ['src/main.ts'],
    cwd: join(repositoryFolder, 'infra', 'sandbox'),
    env: { ...bareEnvironment(), ...env },
  });
  const inbox = `http://127.0.0.1:${ports.http}/api/messages`;
  await process.untilReady(
    async () => (await fetch(inbox, { signal: AbortSignal.timeout(PROBE_MS) })).ok,
    READY_SECONDS,
  );
}

/** The sandbox's own variables. */
export function sandboxEnvironment(
  ports: SandboxPorts,
  broker: BrokerEntrance,
  tlsFolder: string,
): Record<string, string> {
  return {
    SANDBOX_HOST: '127.0.0.1',
    SANDBOX_HTTP_PORT: String(ports.http),
    SANDBOX_SMTP_PORT: String(ports.smtp),
    SANDBOX_AUDIT_PORT: String(ports.audit),
    SANDBOX_NOTIFICATION_PORT: String(ports.notification),
    SANDBOX_KYC_PORT: String(ports.kyc),
    SANDBOX_TLS_DIR: tlsFolder,
    SANDBOX_RABBITMQ_URL: broker.url,
    ...(broker.caFile === undefined ? {} : { SANDBOX_RABBITMQ_CA_FILE: broker.caFile }),
  };
}
