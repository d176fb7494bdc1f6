import type { Account } from '#load/account.ts';
import type { GatewayClient } from '#load/gateway-client.ts';
import type { Journal } from '#load/journal.ts';
import type { Staff } from '#load/staff.ts';
import type { Random } from '#random.ts';

/** One client of the load, with the users it acts for. */
export interface Actor {
  readonly client: GatewayClient;
  readonly journal: Journal;
  readonly random: Random;
  readonly inboxUrl: string;
  /** Who locks users, and lifts locks. */
  readonly staff: Staff;
  readonly accounts: Account[];
}

/** Something a client does for one of its users. Never throws for what the stack answers. */
export type Action = (actor: Actor, account: Account) => Promise<void>;
