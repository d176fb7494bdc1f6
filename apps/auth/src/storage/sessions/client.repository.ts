import { Repository } from '@bank/database';

/** A registered client: for whom its tokens are, how they are delivered, through which door, and for how long. */
export interface Client {
  id: string;
  audience: string;
  tokenDelivery: 'body' | 'cookie';
  listener: 'public' | 'staff';
  idleSeconds: number;
  absoluteSeconds: number;
}

/** The registry of clients. */
export class ClientRepository extends Repository {
  all(): Promise<Client[]> {
    return this.rows(
      `select id, audience, token_delivery as "tokenDelivery", listener, idle_seconds as "idleSeconds",
        absolute_seconds as "absoluteSeconds" from auth.clients`,
    );
  }
}
