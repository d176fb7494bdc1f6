import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestCertificates } from '#control/certificates.ts';

export interface TestSandbox {
  /** Its addresses by protocol: `inbox`, `smtp`, `audit`, `notification`, `kyc`. */
  readonly addresses: Readonly<Record<string, string>>;
  /** A path of the inbox's server. */
  at(path: string): string;
  stop(): Promise<void>;
}

export interface TestSandboxOptions {
  /** The authority of the test: the sandbox then serves the platform's services under certificates of it. */
  certificates?: TestCertificates;
  /** The broker that hears of the state of messages, and of verifications. */
  rabbitmqUrl?: string;
  /** How long the slow outcomes take. */
  slowMs?: number;
  /** Variables of its own beside those: accounts of third parties that are served with one. */
  env?: Readonly<Record<string, string>>;
}

const main = fileURLToPath(new URL('../../../../infra/sandbox/src/main.ts', import.meta.url));
const platformServices = ['audit', 'notification', 'kyc'];

/** The sandbox as a process on free ports: third parties and the platform over their real protocols. */
export async function testSandbox(options: TestSandboxOptions = {}): Promise<TestSandbox> {
  const { certificates, env: own = {}, rabbitmqUrl, slowMs } = options;
  for (const name of certificates === undefined ? [] : platformServices) {
    await certificates?.issue({ name, uris: [`spiffe://bank/platform/${name}`] });
  }
  const env = {
    ...process.env,
    SANDBOX_HTTP_PORT: '0',
    SANDBOX_SMTP_PORT: '0',
    SANDBOX_AUDIT_PORT: '0',
    SANDBOX_NOTIFICATION_PORT: '0',
    SANDBOX_KYC_PORT: '0',
    SANDBOX_TLS_DIR: certificates?.folder ?? '',
    SANDBOX_RABBITMQ_URL: rabbitmqUrl ?? '',
    ...(slowMs === undefined ? {} : { SANDBOX_SLOW_MS: String(slowMs) }),
    ...own,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  // A test run that is killed takes the sandbox with it only where the exit is seen.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const addresses = await readyAddresses(child);
  return {
    addresses,
    at: (path) => new URL(path, addresses['inbox']).href,
    async stop() {
      process.off('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** `sandbox ready: inbox http://…, smtp smtp://…` */
async function readyAddresses(child: ChildProcess): Promise<Record<string, string>> {
  if (child.stdout === null) throw new Error('the sandbox has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const [, listed] = /^sandbox ready: (.*)$/.exec(line) ?? [];
    if (listed !== undefined) return Object.fromEntries(listed.split(', ').map((pair) => pair.split(' ')));
  }
  throw new Error('the sandbox ended before it was ready');
}
