import type { AppName, Stack } from '@bank/scripts/stack';
import { inTime } from '#pause.ts';

// Each is refused for want of a token, or answered: what is between is what the probe is for.
const probes: Readonly<Record<AppName, readonly [listener: 'gateway' | 'staff', path: string]>> = {
  auth: ['gateway', '/v1/auth/session'],
  profile: ['gateway', '/v1/profile'],
  mfa: ['gateway', '/v1/mfa/factors'],
  device: ['gateway', '/v1/devices'],
  admin: ['staff', '/v1/admin/ledger'],
};
const probeMs = 2_000;

/** Whether an app says that it is ready, and answers through the gateway. */
export async function isBack({ addresses, apps }: Stack, app: AppName): Promise<boolean> {
  const [listener, path] = probes[app];
  const [ready, answer] = await Promise.all([
    probe(new URL('/health/ready', apps[app].url)),
    probe(new URL(path, addresses[listener])),
  ]);
  return ready === 200 && answer !== 0 && answer < 500;
}

/** The time from a moment until all of these apps are back; undefined when they are not in time. */
export async function timeUntilBack(
  stack: Stack,
  apps: readonly AppName[],
  { since, withinMs }: { readonly since: number; readonly withinMs: number },
): Promise<number | undefined> {
  const isThere = async () => (await Promise.all(apps.map((app) => isBack(stack, app)))).every(Boolean);
  return (await inTime(isThere, withinMs, 25)) ? performance.now() - since : undefined;
}

async function probe(url: URL): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeMs) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
