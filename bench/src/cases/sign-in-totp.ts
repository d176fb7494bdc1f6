import { type Case, startLimit } from '#bench.ts';
import { countFor } from '#closed-loop.ts';
import { compareApp } from '#compare.ts';
import { type AppHolder, codesOf, enrolApps } from '#holders.ts';
import { type KeptConnections, keptConnections } from '#kept-connections.ts';
import { askLimit, measureStatements } from '#self-measuring.ts';
import { signOut } from '#sign-ins.ts';
import { limitInSeries } from '#statistics.ts';

const people = 64;
const inFlight = 16;

/** Saturated sign-in with a password and an authenticator app, beside what one with the password alone is held to. */
export const signInTotp: Case = {
  name: 'sign-in-totp',
  async run(bench) {
    const statements = await measureStatements(bench, 'sign-in');
    const codes = await codesOf(bench, await enrolApps(bench, people));
    const auth = keptConnections(bench.stack.apps.auth.url);
    const limit = await startLimit(bench, 'argon2');
    const signIn = async (tokens: string[]) => {
      tokens.push(await codes.use((holder, code) => signInWith(auth, holder, code)));
    };
    const measured = async (seconds: number) => {
      const tokens: string[] = [];
      const { perSecond } = await countFor(seconds, inFlight, () => signIn(tokens));
      await signOut(bench.stack.apps.auth.url, tokens);
      return perSecond;
    };
    try {
      const compared = await compareApp(
        bench,
        { app: bench.stack.apps.auth, name: 'sign-in-totp' },
        {
          measured,
          limit: async (seconds) => limitInSeries(await askLimit(limit, { seconds }), statements),
        },
      );
      return [
        {
          case: 'sign-in-totp',
          what: 'POST /v1/auth/login, …/challenge, …/verify with an authenticator app, saturated',
          measured: { value: compared.measured, unit: 'sign-ins/s' },
          limit: { value: compared.limit, unit: 'sign-ins/s', what: 'hashing and statements in series, as sign-in' },
          figure: compared.ratio,
          must: { atLeast: 0.6 },
          notes: [
            `statements of a sign-in without it alone ${statements.toFixed(0)}/s; mfa and its statements come on top`,
          ],
        },
      ];
    } finally {
      await limit.stop();
      await codes.stop();
      auth.close();
    }
  },
};

/** Gives the access token of the session. */
async function signInWith(auth: KeptConnections, { person, factorId }: AppHolder, code: string): Promise<string> {
  const { email: identifier, password } = person;
  const device = { secret: person.device.secret };
  const { loginId } = await auth.post<{ loginId: string }>('/v1/auth/login', 200, { identifier, password, device });
  const asked = await auth.post<{ challengeId: string }>('/v1/auth/login/challenge', 200, { loginId, factorId });
  const half = { loginId, challengeId: asked.challengeId, response: { code }, device };
  return (await auth.post<{ accessToken: string }>('/v1/auth/login/verify', 200, half)).accessToken;
}
