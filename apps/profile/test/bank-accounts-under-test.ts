import { request, type TestApp } from '@bank/composition/testing';
import type { AppContext } from '#context.ts';

export const path = '/v1/profile/bank-accounts';

export interface Account {
  readonly id: string;
  readonly default: boolean;
  readonly accountNumber: string;
}

/** A number that nobody else was given; `ending` says what comes of it at the sandbox. */
export function numberEnding(ending: string): string {
  return String(Math.floor(Math.random() * 1e8)).padStart(8, '0') + ending;
}

/** A request to link an account at Access Bank. */
export function account(accountNumber = numberEnding('00'), changes: object = {}) {
  return { country: 'NG', bankCode: '044', accountNumber, ...changes };
}

/** What users do with their bank accounts. */
export function bankAccountsOf(app: TestApp<AppContext>) {
  const link = (token: string, body: object = account(), headers: Record<string, string> = {}) =>
    request(app.service, 'POST', path, { token, body, headers });
  const listed = async (token: string): Promise<Account[]> => {
    const { body } = await request(app.service, 'GET', path, { token });
    return (body as { items: Account[] }).items;
  };
  return {
    link,
    listed,
    async linked(token: string): Promise<Account> {
      const answer = await link(token);
      if (answer.status !== 201) throw new Error(`answered ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body as Account;
    },
    unlink: (token: string, id: string) => request(app.service, 'DELETE', `${path}/${id}`, { token }),
    prefer: (token: string, id: string) => request(app.service, 'POST', `${path}/${id}/default`, { token }),
    /** Of how many it is said that they are the default. */
    defaultsOf: async (token: string) => (await listed(token)).filter((one) => one.default).length,
    async providerOf(id: string): Promise<unknown> {
      const rows = await app.database.query('select provider from profile.bank_accounts where id = $1', [id]);
      return rows[0]?.['provider'];
    },
  };
}
