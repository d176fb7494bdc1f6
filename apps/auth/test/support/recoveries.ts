import { until } from '@bank/testing';
import { carryOutRecoveries } from '#features/recovery/carry-out-recoveries.ts';
import { messagesTo } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';

export const startRecovery = (auth: TestAuth, identifier: string): Promise<Answer> =>
  post(auth, '/v1/auth/recovery', { identifier });
export const completeRecovery = (auth: TestAuth, token: string, recoveryCode?: string): Promise<Answer> =>
  post(auth, '/v1/auth/recovery/complete', { token, ...(recoveryCode === undefined ? {} : { recoveryCode }) });
export const cancelRecovery = (auth: TestAuth, token: string): Promise<Answer> =>
  post(auth, '/v1/auth/recovery/cancel', { token });

export const recoveryCode = 'BFGJFE-QS3PKS-A4FG07-HV884G';
export const recoveryDelayMs = 86_400_000;

/** What tests look at, and the status that they give a user. */
export function recoveriesOf({ database, neighbours }: TestAuth) {
  return {
    setStatus: (id: string, status: string) =>
      database.query('update auth.users set status = $2 where id = $1', [id, status]),
    rowsOf: (userId: string) => database.query('select * from auth.recoveries where user_id = $1', [userId]),
    removedOf: (userId: string) => neighbours.removed.filter((one) => one.userId === userId),
  };
}

/** The links in the messages of these templates that were written to a user, oldest first. */
export async function linksIn(auth: TestAuth, userId: string, ...templates: string[]): Promise<URL[]> {
  return (await messagesTo(auth, userId))
    .filter(({ template }) => templates.includes(template))
    .map(({ params }) => new URL(params['url'] ?? ''));
}

function tokenIn(link: URL | undefined): string {
  const token = link && new URLSearchParams(link.hash.slice(1)).get('token');
  if (!token) throw new Error('there is no such link');
  return token;
}

/** Asks for a recovery and takes the token out of the mail. */
export async function askForRecovery(auth: TestAuth, account: { id: string; email: string }): Promise<string> {
  await startRecovery(auth, account.email);
  return tokenIn((await linksIn(auth, account.id, 'account-recovery')).at(-1));
}

/** The token that ends a recovery, of the last notice of it. */
export async function cancelToken(auth: TestAuth, userId: string): Promise<string> {
  return tokenIn((await linksIn(auth, userId, 'recovery-waiting', 'recovery-in-review')).at(-1));
}

/** A recovery with both proofs. */
export async function provenRecovery(auth: TestAuth, account: { id: string; email: string }): Promise<Answer> {
  auth.neighbours.proof = { kind: 'accepted', by: 'recovery_code' };
  const answer = await completeRecovery(auth, await askForRecovery(auth, account), recoveryCode);
  if (answer.status !== 200) throw new Error(`the recovery answered ${answer.status} ${answer.body.code}`);
  return answer;
}

/** Lets the delay pass, and what is due be done. */
export async function afterTheDelay(auth: TestAuth): Promise<void> {
  auth.clock.advance(recoveryDelayMs + 1000);
  await carryOut(auth);
}

/** Has what is due be done, by whichever process takes it up: the service has a loop of its own. */
export async function carryOut(auth: TestAuth): Promise<void> {
  await carryOutRecoveries(auth.ctx);
  const underWay = () =>
    auth.database.query('select 1 from auth.recoveries where lease_until > $1', [auth.clock.now()]);
  await until(async () => (await underWay()).length === 0, { what: 'recoveries are carried out' });
}
