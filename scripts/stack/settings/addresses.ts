import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from '#stack/secrets/secret-store.ts';
import type { AppName } from '#stack/settings/apps.ts';

export interface AppAddress {
  readonly http: string;
  readonly rpc: string;
}

/** Where a running stack can be reached; `.stack/addresses.json`. It holds no secrets. */
export interface Addresses {
  readonly gateway: string;
  readonly staff: string;
  readonly apps: Readonly<Record<AppName, AppAddress & { readonly replicas: readonly AppAddress[] }>>;
  readonly sandbox: {
    readonly http: string;
    readonly smtp: string;
    /** RPC addresses of what the platform serves. */
    readonly audit: string;
    readonly notification: string;
    readonly kyc: string;
  };
  readonly stores: { readonly postgres: string; readonly redis: string; readonly rabbitmq: string };
  readonly brokerConsole: string;
  /** The development CA, and a client certificate for tools that call RPC methods. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Writes the addresses for tools and people. */
export function writeAddresses(stackFolder: string, addresses: Addresses): void {
  writePrivately(addressesFile(stackFolder), `${JSON.stringify(addresses, null, 2)}\n`);
}

/** The addresses of the stack that runs in a folder; undefined when none is ready. */
export function readAddresses(stackFolder: string): Addresses | undefined {
  try {
    return JSON.parse(readFileSync(addressesFile(stackFolder), 'utf8')) as Addresses;
  } catch {
    return undefined;
  }
}

/** Where the addresses lie while the stack runs. */
export function addressesFile(stackFolder: string): string {
  return join(stackFolder, 'addresses.json');
}

/** The addresses as a table for the terminal. */
export function addressTable(addresses: Addresses): string {
  const rows: [string, string][] = [
    ['gateway', addresses.gateway],
    ['gateway for staff', addresses.staff],
    ['sandbox inbox', addresses.sandbox.http],
    ...Object.entries(addresses.apps).flatMap(([name, app]) => appRows(name, app)),
    ['postgres', addresses.stores.postgres],
    ['redis', addresses.stores.redis],
    ['rabbitmq', `${addresses.stores.rabbitmq}  console ${addresses.brokerConsole}`],
    ['development CA', addresses.tls.ca],
    ['client certificate', addresses.tls.cert],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, address]) => `  ${label.padEnd(width)}  ${address}`).join('\n');
}

function appRows(name: string, { replicas, ...app }: Addresses['apps'][AppName]): [string, string][] {
  const row = (label: string, { http, rpc }: AppAddress): [string, string] => [label, `${http}  rpc ${rpc}`];
  const each = replicas.map((replica, index) => row(`  replica ${index + 1}`, replica));
  return [row(name, app), ...(each.length > 1 ? each : [])];
}
