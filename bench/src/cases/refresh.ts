import { type Case, databaseOf, startLimit } from '#bench.ts';
import { compareApp, turnsMax } from '#compare.ts';
import { load } from '#load.ts';
import { openSessions, renewalsFrom } from '#renewals.ts';

const connections = 16;

/** Rotation of refresh tokens, beside the same statements and one signature with nothing around them. */
export const refresh: Case = {
  name: 'refresh',
  async run(bench) {
    const { stack, options } = bench;
    // A load that ends leaves those behind whose answers it did not wait for.
    const next = renewalsFrom(await openSessions(bench, connections * (turnsMax(options) + 2)));
    const limit = await startLimit(bench, 'refresh', databaseOf(bench, 'auth'));
    const rateAt = (url: string) => async (seconds: number) =>
      (await load({ url, connections, seconds, next })).perSecond;
    try {
      const {
        measured,
        limit: best,
        ratio,
      } = await compareApp(
        bench,
        { app: stack.apps.auth, name: 'refresh' },
        {
          measured: rateAt(stack.apps.auth.url),
          limit: rateAt(limit.url),
        },
      );
      return [
        {
          case: 'refresh',
          what: 'POST /v1/auth/token/refresh',
          measured: { value: measured, unit: 'req/s' },
          limit: { value: best, unit: 'req/s', what: 'Hono, node-postgres, one ES256' },
          figure: ratio,
          must: { atLeast: 0.6 },
          notes: [],
        },
      ];
    } finally {
      await limit.stop();
    }
  },
};
