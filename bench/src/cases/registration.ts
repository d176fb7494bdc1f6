import { randomBytes } from 'node:crypto';
import { fromAnotherAddress } from '@bank/test-bed';
import { type Case, startLimit } from '#bench.ts';
import { compareApp } from '#compare.ts';
import { type LoadRequest, load } from '#load.ts';
import { askLimit, measureStatements } from '#self-measuring.ts';
import { limitInSeries } from '#statistics.ts';

const connections = 16;

/** The start of registrations, beside what hashing and the statements by themselves allow. The mails go out meanwhile. */
export const registration: Case = {
  name: 'registration',
  async run(bench) {
    const statements = await measureStatements(bench, 'registration');
    const limit = await startLimit(bench, 'argon2');
    const { url } = bench.stack.apps.auth;
    const measured = async (seconds: number) =>
      (await load({ url, connections, seconds, next: somebodyNew, wantedStatus: 202 })).perSecond;
    try {
      const compared = await compareApp(
        bench,
        { app: bench.stack.apps.auth, name: 'registration' },
        {
          measured,
          limit: async (seconds) => limitInSeries(await askLimit(limit, { seconds }), statements),
        },
      );
      return [
        {
          case: 'registration',
          what: 'POST /v1/auth/register to 202, saturated',
          measured: { value: compared.measured, unit: 'req/s' },
          limit: { value: compared.limit, unit: 'req/s', what: 'hashing and statements in series' },
          figure: compared.ratio,
          must: { atLeast: 0.7 },
          notes: [`statements alone ${statements.toFixed(0)}/s; the mails are sent by the same process meanwhile`],
        },
      ];
    } finally {
      await limit.stop();
    }
  },
};

function somebodyNew(): LoadRequest {
  return {
    method: 'POST',
    path: '/v1/auth/register',
    headers: { 'content-type': 'application/json', ...fromAnotherAddress() },
    body: JSON.stringify({
      email: `new.${randomBytes(6).toString('hex')}@example.com`,
      password: `correct horse ${randomBytes(6).toString('hex')}`,
      acceptedTerms: '2026-01',
    }),
  };
}
