import { type Case, startLimit } from '#bench.ts';
import { compareApp } from '#compare.ts';
import type { Row } from '#row.ts';
import { askLimit, measureStatements } from '#self-measuring.ts';
import { askedFor, type SignInCount, signInRate } from '#sign-ins.ts';
import { limitInSeries } from '#statistics.ts';

const connections = 16;

/** Saturated sign-in with a password, beside what hashing and the statements by themselves allow. */
export const signIn: Case = {
  name: 'sign-in',
  async run(bench) {
    const statements = await measureStatements(bench, 'sign-in');
    const limit = await startLimit(bench, 'argon2');
    const count: SignInCount = { opened: 0, asked: 0 };
    try {
      const compared = await compareApp(
        bench,
        { app: bench.stack.apps.auth, name: 'sign-in' },
        {
          measured: (seconds) => signInRate(bench, { connections, seconds }, count),
          limit: async (seconds) => limitInSeries(await askLimit(limit, { seconds }), statements),
        },
      );
      const raw = 1 / (1 / compared.limit - 1 / statements);
      return [rowOf(compared, { count, raw, statements })];
    } finally {
      await limit.stop();
    }
  },
};

function rowOf(
  { measured, limit, ratio }: { measured: number; limit: number; ratio: number },
  { count, raw, statements }: { count: SignInCount; raw: number; statements: number },
): Row {
  return {
    case: 'sign-in',
    what: 'POST /v1/auth/login, saturated',
    measured: { value: measured, unit: 'req/s' },
    limit: { value: limit, unit: 'req/s', what: 'hashing and statements in series' },
    figure: ratio,
    must: { atLeast: 0.75 },
    notes: [
      `hashing alone ${raw.toFixed(1)}/s (ratio ${(measured / raw).toFixed(2)}), statements alone ${statements.toFixed(0)}/s`,
      askedFor(count),
    ],
  };
}
