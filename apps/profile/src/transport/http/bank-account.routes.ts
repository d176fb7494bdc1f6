import { created, defineRoutes, noContent, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { chooseDefault } from '#features/bank-account/choose-default.ts';
import { linkBankAccount } from '#features/bank-account/link-bank-account.ts';
import { listBankAccounts } from '#features/bank-account/list-bank-accounts.ts';
import { listBanks } from '#features/bank-account/list-banks.ts';
import { freshSeconds } from '#features/bank-account/policies.ts';
import {
  BankAccountList,
  BankAccountParams,
  BankAccountQuery,
  BankAccountView,
  BankList,
  BankQuery,
  NewBankAccount,
} from '#features/bank-account/schemas.ts';
import { unlinkBankAccount } from '#features/bank-account/unlink-bank-account.ts';

const tag = 'bank accounts';
const stepUp = { acr: 'aal2', maxAgeSeconds: freshSeconds } as const;
/** Two providers, each within its deadline; shorter than the gateway waits. */
const timeoutMs = 18_000;

const listingLimits = [{ name: 'banks', points: 60, windowSeconds: 600, by: 'user' }] as const;
/** Each change is told in a mail and in the ledger. */
const changeLimits = [{ name: 'bank-account-change', points: 30, windowSeconds: 3600, by: 'user' }] as const;

export const bankAccountRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/profile/banks',
    summary: 'The banks of a country whose accounts can be linked',
    tag,
    access: 'user',
    query: BankQuery,
    responses: { 200: BankList },
    errors: ['request.invalid', 'lookup.unavailable'],
    limits: listingLimits,
    timeoutMs,
    // A country has few banks: the list has one page.
    handle: async (ctx, { actor, query }) => ok({ items: await listBanks(ctx, actor, query), nextCursor: null }),
  },
  {
    method: 'GET',
    path: '/v1/profile/bank-accounts',
    summary: 'The linked bank accounts of the signed-in user, the default first',
    tag,
    access: 'user',
    query: BankAccountQuery,
    responses: { 200: BankAccountList },
    errors: ['profile.not_found', 'profile.unreadable'],
    handle: async (ctx, { actor, query }) => ok({ items: await listBankAccounts(ctx, actor, query), nextCursor: null }),
  },
  {
    method: 'POST',
    path: '/v1/profile/bank-accounts',
    summary: 'Link a bank account, once its bank has said that it is the user’s; needs a fresh second factor',
    description:
      'The name that the bank has is compared with the legal name. An account of somebody else and one that is not there are answered alike. The first account is the default.',
    tag,
    access: 'user',
    stepUp,
    idempotent: true,
    body: NewBankAccount,
    responses: { 201: BankAccountView },
    errors: [
      ...['profile.not_found', 'profile.unreadable', 'lookup.unavailable'],
      ...['bank_account.name_missing', 'bank_account.linked_already', 'bank_account.limit_reached'],
      'bank_account.not_confirmed',
    ] as const,
    limits: changeLimits,
    timeoutMs,
    handle: async (ctx, { actor, body }) => created(await linkBankAccount(ctx, actor, body)),
  },
  {
    method: 'POST',
    path: '/v1/profile/bank-accounts/:id/default',
    summary: 'Make an account the default; needs a fresh second factor',
    tag,
    access: 'user',
    stepUp,
    idempotent: true,
    params: BankAccountParams,
    responses: { 200: BankAccountView },
    errors: ['bank_account.not_found', 'profile.unreadable'],
    limits: changeLimits,
    handle: async (ctx, { actor, params }) => ok(await chooseDefault(ctx, actor, params)),
  },
  {
    method: 'DELETE',
    path: '/v1/profile/bank-accounts/:id',
    summary: 'Unlink an account; needs a fresh second factor',
    description: 'When it was the default, the oldest account left is from now on.',
    tag,
    access: 'user',
    stepUp,
    params: BankAccountParams,
    responses: { 204: null },
    errors: ['bank_account.not_found'],
    limits: changeLimits,
    async handle(ctx, { actor, params }) {
      await unlinkBankAccount(ctx, actor, params);
      return noContent();
    },
  },
]);
