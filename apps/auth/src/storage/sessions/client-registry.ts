import { DomainError } from '@bank/domain';
import type { Client } from '#storage/sessions/client.repository.ts';

/** The registry of clients in memory: it is asked on every sign-in and changes a few times a year. */
export interface ClientRegistry {
  /** A registered client; undefined for an unknown one. @throws service.unavailable before the registry has been read */
  find(id: string): Client | undefined;
  replace(clients: readonly Client[]): void;
}

/** A registry that has yet to be read from the database. */
export function createClientRegistry(): ClientRegistry {
  let clients: ReadonlyMap<string, Client> | undefined;
  return {
    find(id) {
      if (clients === undefined) {
        const reason = 'the clients have not been read';
        throw new DomainError('service.unavailable', { reason, details: { retryAfterSeconds: 1 } });
      }
      return clients.get(id);
    },
    replace(all) {
      clients = new Map(all.map((client) => [client.id, client]));
    },
  };
}
