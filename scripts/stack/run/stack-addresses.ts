import type { AppPorts } from '#stack/apps/app-environment.ts';
import type { StackPorts } from '#stack/run/stack-ports.ts';
import type { Stores } from '#stack/run/start-stores.ts';
import type { TlsFiles } from '#stack/secrets/certificates.ts';
import type { Addresses, AppAddress } from '#stack/settings/addresses.ts';
import { eachApp } from '#stack/settings/apps.ts';

/** Where a stack can be reached, without any password. */
export function addressesOf({ postgres, redis, rabbitmq }: Stores, ports: StackPorts, tls: TlsFiles): Addresses {
  return {
    gateway: `http://localhost:${ports.gateway}`,
    staff: `http://localhost:${ports.staff}`,
    apps: eachApp((app) => ({ ...addressOf(ports.apps[app]), replicas: ports.replicas[app].map(addressOf) })),
    sandbox: {
      http: `http://localhost:${ports.sandbox.http}`,
      smtp: `smtp://127.0.0.1:${ports.sandbox.smtp}`,
      audit: `https://127.0.0.1:${ports.sandbox.audit}`,
      notification: `https://127.0.0.1:${ports.sandbox.notification}`,
      kyc: `https://127.0.0.1:${ports.sandbox.kyc}`,
    },
    stores: {
      postgres: withoutPassword(postgres.adminUrl),
      redis: withoutPassword(redis.url),
      rabbitmq: withoutPassword(rabbitmq.url),
    },
    brokerConsole: withoutPassword(rabbitmq.managementUrl),
    tls: { ca: tls.caFile, cert: tls.certFile('tools'), key: tls.keyFile('tools') },
  };
}

function addressOf({ http, rpc }: AppPorts): AppAddress {
  return { http: `http://127.0.0.1:${http}`, rpc: `https://127.0.0.1:${rpc}` };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}
