import { Repository } from '@bank/database';

/** A registered client: for whom its tokens are, how they are delivered and bound, through which door, and for how long. */
export interface Client {
  id: string;
  audience: string;
  tokenDelivery: 'body' | 'cookie';
  listener: 'public' | 'staff';
  idleSeconds: number;
  absoluteSeconds: number;
  /** Whether its tokens are never, sometimes or always bound to a key of its own (DPoP, RFC 9449). */
  dpopPolicy: 'none' | 'optional' | 'required';
  /** Where its pages are, of a client with cookies; empty when that is any page of its listener. */
  origins: readonly string[];
}

/** The registry of clients. */
export class ClientRepository extends Repository {
  all(): Promise<Client[]> {
    return this.rows(
      `select id, audience, token_delivery as "tokenDelivery", listener, idle_seconds as "idleSeconds",
        absolute_seconds as "absoluteSeconds", dpop_policy as "dpopPolicy", origins from auth.clients`,
    );
  }
}
