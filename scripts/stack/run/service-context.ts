import type { Ports } from '#stack/host/ports.ts';
import type { Supervisor } from '#stack/host/supervisor.ts';
import type { TlsFiles } from '#stack/secrets/certificates.ts';
import type { SecretStore } from '#stack/secrets/secret-store.ts';

/** Development servers are durable and speak TLS alone; those of tests are fast, forgetful and speak none. */
export type Tuning = 'development' | 'test';

/** What every service of a stack is started with. */
export interface ServiceContext {
  /** The folder of the stack. */
  readonly folder: string;
  readonly tuning: Tuning;
  readonly supervisor: Supervisor;
  readonly ports: Ports;
  /** A free port for one of the variables of the port table. */
  portFor(variable: string): Promise<number>;
  readonly secrets: SecretStore;
  readonly tls: TlsFiles;
  /** Tells the person at the terminal what happened. */
  report(line: string): void;
}

/** The environment of a program that needs nothing of ours: no developer's secret reaches a child by accident. */
export function bareEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
