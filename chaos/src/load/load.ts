import type { Person } from '@bank/test-bed';
import { type Account, accountOf } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import { changePassword } from '#load/actions/change-password.ts';
import { changeProfile } from '#load/actions/change-profile.ts';
import { lockAndUnlock } from '#load/actions/lock-and-unlock.ts';
import { look } from '#load/actions/look.ts';
import { nameDevice } from '#load/actions/name-device.ts';
import { register } from '#load/actions/register.ts';
import { renew } from '#load/actions/renew.ts';
import { signIn } from '#load/actions/sign-in.ts';
import { signOut } from '#load/actions/sign-out.ts';
import { suspendAndReinstate } from '#load/actions/suspend-and-reinstate.ts';
import { useApp } from '#load/actions/use-app.ts';
import { GatewayClient } from '#load/gateway-client.ts';
import type { Journal } from '#load/journal.ts';
import type { Staff } from '#load/staff.ts';
import { pause } from '#pause.ts';
import { type Random, type Shares, seeded } from '#random.ts';

/** How often each thing is done, of a hundred. */
const usualShares: Shares<Action> = [
  [5, register],
  [12, signIn],
  [20, renew],
  [22, changeProfile],
  [13, nameDevice],
  [8, signOut],
  [6, look],
  [5, useApp],
  [3, changePassword],
  [4, lockAndUnlock],
  [2, suspendAndReinstate],
];

const pauseMs = { least: 30, most: 130 };

export interface LoadOptions {
  readonly gatewayUrl: string;
  readonly inboxUrl: string;
  readonly people: readonly Person[];
  readonly clients: number;
  readonly journal: Journal;
  readonly random: Random;
  readonly staff: Staff;
}

/** Clients that act for their users until they are stopped, and may be started again. */
export interface Load {
  /** Does the usual things unless told others. */
  start(shares?: Shares<Action>): void;
  /** Resolves when no request is under way. */
  stop(): Promise<void>;
}

/** Shares the people out among the clients, so that no two of them act for one. */
export function createLoad({ gatewayUrl, inboxUrl, people, clients, journal, random, staff }: LoadOptions): Load {
  const actors = Array.from({ length: clients }, (_, index): Actor => {
    const own = people.filter((_person, place) => place % clients === index);
    return {
      client: new GatewayClient(gatewayUrl, journal),
      journal,
      random: seeded(random.between(0, 2 ** 31)),
      inboxUrl,
      staff,
      accounts: own.map(accountOf),
    };
  });
  let running: readonly Promise<void>[] = [];
  let stopping = false;
  return {
    start(shares = usualShares) {
      stopping = false;
      running = actors.map((actor) => act(actor, shares, () => stopping));
    },
    async stop() {
      stopping = true;
      await Promise.all(running);
      running = [];
    },
  };
}

async function act(actor: Actor, shares: Shares<Action>, isOver: () => boolean): Promise<void> {
  const { random, accounts } = actor;
  while (!isOver()) {
    const account = random.pick(accounts);
    const action = random.pickByShare(shares);
    await (wayBack(account) ?? action)(actor, account);
    await pause(random.between(pauseMs.least, pauseMs.most));
  }
}

/** What has to be done for a user first with whom staff have not come to an end: nothing else is open to them. */
function wayBack({ standing, approval }: Account): Action | undefined {
  if (approval !== undefined || standing === 'suspended') return suspendAndReinstate;
  return standing === 'open' ? undefined : lockAndUnlock;
}
