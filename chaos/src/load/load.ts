import type { Person } from '@bank/test-bed';
import { accountOf } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import { changeProfile } from '#load/actions/change-profile.ts';
import { look } from '#load/actions/look.ts';
import { nameDevice } from '#load/actions/name-device.ts';
import { register } from '#load/actions/register.ts';
import { renew } from '#load/actions/renew.ts';
import { signIn } from '#load/actions/sign-in.ts';
import { signOut } from '#load/actions/sign-out.ts';
import { GatewayClient } from '#load/gateway-client.ts';
import type { Journal } from '#load/journal.ts';
import { pause } from '#pause.ts';
import { type Random, type Shares, seeded } from '#random.ts';

/** How often each thing is done, of a hundred. */
const usualShares: Shares<Action> = [
  [5, register],
  [12, signIn],
  [22, renew],
  [28, changeProfile],
  [15, nameDevice],
  [8, signOut],
  [10, look],
];

const pauseMs = { least: 30, most: 130 };

export interface LoadOptions {
  readonly gatewayUrl: string;
  readonly inboxUrl: string;
  readonly people: readonly Person[];
  readonly clients: number;
  readonly journal: Journal;
  readonly random: Random;
}

/** Clients that act for their users until they are stopped, and may be started again. */
export interface Load {
  /** Does the usual things unless told others. */
  start(shares?: Shares<Action>): void;
  /** Resolves when no request is under way. */
  stop(): Promise<void>;
}

/** Shares the people out among the clients, so that no two of them act for one. */
export function createLoad({ gatewayUrl, inboxUrl, people, clients, journal, random }: LoadOptions): Load {
  const actors = Array.from({ length: clients }, (_, index): Actor => {
    const own = people.filter((_person, place) => place % clients === index);
    return {
      client: new GatewayClient(gatewayUrl, journal),
      journal,
      random: seeded(random.between(0, 2 ** 31)),
      inboxUrl,
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
    await random.pickByShare(shares)(actor, random.pick(accounts));
    await pause(random.between(pauseMs.least, pauseMs.most));
  }
}
