import type { Account } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';
import { callerTable } from './rpc.ts';

/** A caller table in which `payments` asks what people have approved. */
export const paymentsCaller = callerTable({
  payments: { methods: ['bank.auth.v1.AuthService/ConsumeTransactionToken'], audiences: ['user-service'] },
});

export const payment = {
  type: 'payment',
  payload: {
    amount: '150.00',
    currency: 'EUR',
    payee: { name: 'Ada Obi', account: 'GB29NWBK60161331926819' },
    reference: 'Invoice 7',
  },
} as const;

/** What the stand-in of device takes for a signature. */
export const signature = 'A'.repeat(86);

/** Asks for the approval of a transaction by the key of the account's device. */
export function askToApprove(auth: TestAuth, account: Account, transaction: object = payment): Promise<Answer> {
  const body = { factorId: account.device.id, transaction };
  return post(auth, '/v1/auth/step-up/challenge', body, { token: account.accessToken });
}

export function answerWith(auth: TestAuth, account: Account, challengeId: string, response: object = { signature }) {
  return post(auth, '/v1/auth/step-up/verify', { challengeId, response }, { token: account.accessToken });
}

/** The token of a transaction that its user has approved. */
export async function approved(auth: TestAuth, account: Account, transaction: object = payment): Promise<string> {
  const { body } = await askToApprove(auth, account, transaction);
  const answer = await answerWith(auth, account, body.challengeId);
  if (answer.status !== 200) throw new Error(`the approval answered ${answer.status} ${answer.body.code}`);
  return answer.body.transactionToken;
}
