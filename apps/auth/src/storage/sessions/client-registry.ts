import type { Client } from '#storage/sessions/client.repository.ts';

/** The registry of clients in memory: it is asked on every sign-in and changes a few times a year. */
export interface ClientRegistry {
  /** A registered client; undefined for an unknown one, and before the registry has been read. */
  find(id: string): Client | undefined;
  replace(clients: readonly Client[]): void;
}

/** An empty registry, to be filled from the database. */
export function createClientRegistry(): ClientRegistry {
  let clients: ReadonlyMap<string, Client> = new Map();
  return {
    find: (id) => clients.get(id),
    replace(all) {
      clients = new Map(all.map((client) => [client.id, client]));
    },
  };
}
