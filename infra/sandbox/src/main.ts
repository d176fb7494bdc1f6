import { readSandboxConfig } from '#config.ts';
import { createSandbox } from '#sandbox.ts';

function fail(error: unknown): never {
  const { code, port, message } = error as { code?: string; port?: number; message?: string };
  const problem = code === 'EADDRINUSE' ? `port ${port} is taken; set the SANDBOX_…_PORT that names it` : message;
  process.stderr.write(`sandbox: ${problem}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const sandbox = createSandbox(readSandboxConfig(process.env));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => sandbox.stop().then(() => process.exit(0), fail));
  }
  const addresses = await sandbox.start();
  const shown = Object.entries(addresses).map(([name, address]) => `${name} ${address}`);
  process.stdout.write(`sandbox ready: ${shown.join(', ')}\n`);
}

await main().catch(fail);
