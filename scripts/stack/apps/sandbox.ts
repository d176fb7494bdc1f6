import { join } from 'node:path';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import { nodeProgram, repositoryFolder } from '#stack/settings/repository.ts';

const READY_SECONDS = 30;
const PROBE_MS = 2_000;

export interface SandboxPorts {
  readonly http: number;
  readonly smtp: number;
}

/** Starts the app that answers for third parties and shows the messages "sent". */
export async function startSandbox({ http, smtp }: SandboxPorts, context: ServiceContext): Promise<void> {
  const process = await context.supervisor.start({
    name: 'sandbox',
    layer: 'edge',
    command: nodeProgram,
    args: ['src/main.ts'],
    cwd: join(repositoryFolder, 'infra', 'sandbox'),
    env: { ...bareEnvironment(), ...sandboxEnvironment({ http, smtp }) },
  });
  const inbox = `http://127.0.0.1:${http}/api/messages`;
  await process.untilReady(
    async () => (await fetch(inbox, { signal: AbortSignal.timeout(PROBE_MS) })).ok,
    READY_SECONDS,
  );
}

/** The sandbox's own variables. */
export function sandboxEnvironment({ http, smtp }: SandboxPorts): Record<string, string> {
  return { SANDBOX_HOST: '127.0.0.1', SANDBOX_HTTP_PORT: String(http), SANDBOX_SMTP_PORT: String(smtp) };
}
