import { join } from 'node:path';
import { createPorts } from '#stack/host/ports.ts';
import { removeData } from '#stack/host/service-user.ts';
import type { Supervisor } from '#stack/host/supervisor.ts';
import type { ServiceContext, Tuning } from '#stack/run/service-context.ts';
import type { OpenOptions } from '#stack/run/stack-folder.ts';
import { ensureCertificates } from '#stack/secrets/certificates.ts';
import { openSecretStore } from '#stack/secrets/secret-store.ts';
import { defaultPorts } from '#stack/settings/port-table.ts';
import type { Settings } from '#stack/settings/settings.ts';

export interface RunOptions extends OpenOptions {
  readonly settings: Settings;
  readonly tuning?: Tuning;
  /** For stacks that run beside others: random ports instead of the usual ones. */
  readonly randomPorts?: boolean;
  /** Puts PgBouncer in front of Postgres; what the settings say by default. */
  readonly pooler?: boolean;
}

/** Makes what services need before any of them starts: ports, passwords, certificates. */
export async function prepareServices(options: RunOptions, supervisor: Supervisor): Promise<ServiceContext> {
  const { folder, settings, tuning = 'development', randomPorts = false, report = () => undefined } = options;
  if (tuning === 'test') {
    removeData(folder); // each run of the tests begins with nothing
  }
  const ports = createPorts({ random: randomPorts });
  let saidThatPortsAreTaken = false;
  return {
    folder,
    tuning,
    supervisor,
    ports,
    report,
    secrets: openSecretStore(secretsFolder(folder)),
    tls: await ensureCertificates(tlsFolder(folder)),
    async portFor(variable) {
      const pinned = settings.pinnedPorts.get(variable);
      const preferred = defaultPorts[variable] ?? 0;
      if (pinned !== undefined) {
        return ports.claim({ preferred: pinned, pinnedBy: variable });
      }
      const port = await ports.claim({ preferred });
      if (port !== preferred && !randomPorts && !saidThatPortsAreTaken) {
        saidThatPortsAreTaken = true;
        report(`port ${preferred} is taken: where the usual ports are busy others are used, as the table will show`);
      }
      return port;
    },
  };
}

/** Passwords, keyrings and the tables of RPC callers. */
export function secretsFolder(folder: string): string {
  return join(folder, 'secrets');
}

/** The development CA and the certificates it signed. */
export function tlsFolder(folder: string): string {
  return join(folder, 'tls');
}
