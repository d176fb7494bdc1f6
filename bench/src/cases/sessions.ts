import type { Bench, Case } from '#bench.ts';
import { type LoadRequest, load } from '#load.ts';
import { p99AtPace } from '#paced.ts';
import { openSessions, renewalsFrom } from '#renewals.ts';
import { compareSizes } from '#scale/compare-sizes.ts';
import { sessionsData } from '#scale/sessions.ts';

const perSecond = 50;
const connections = 4;
/** More than wait for their renewal at any time: a token is shown again only when its answer was there. */
const renewed = 60;

/** Renewing a session among ten million, beside renewing it among ten thousand. */
export const sessions: Case = {
  name: 'sessions',
  run(bench) {
    const pools = new WeakMap<Bench, () => LoadRequest>();
    /** Sessions are opened once on each data, by the warm-up. */
    const renewals = async (on: Bench) => {
      const next = pools.get(on) ?? renewalsFrom(await openSessions(on, renewed));
      pools.set(on, next);
      return next;
    };
    const refresh = {
      what: 'refresh',
      tables: ['auth.sessions', 'auth.refresh_tokens', 'auth.users', 'auth.devices'],
      p99: async (on: Bench, seconds: number) =>
        p99AtPace({ url: on.stack.apps.auth.url, perSecond, seconds, next: await renewals(on) }),
      repeat: async (on: Bench, amount: number) =>
        load({ url: on.stack.apps.auth.url, connections, amount, next: await renewals(on) }),
    };
    return compareSizes(bench, { name: 'sessions', small: sessionsData(10_000), large: sessionsData(10_000_000) }, [
      refresh,
    ]);
  },
};
