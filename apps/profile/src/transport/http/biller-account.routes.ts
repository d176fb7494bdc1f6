import { created, defineRoutes, noContent, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { linkBillerAccount } from '#features/biller-account/link-biller-account.ts';
import { listBillerAccounts } from '#features/biller-account/list-biller-accounts.ts';
import { listBillers, listCategories, listItems } from '#features/biller-account/list-billers.ts';
import {
  BillerAccountList,
  BillerAccountParams,
  BillerAccountQuery,
  BillerAccountView,
  BillerList,
  BillerQuery,
  BillItemList,
  BillItemQuery,
  CategoryList,
  CategoryQuery,
  NewBillerAccount,
} from '#features/biller-account/schemas.ts';
import { unlinkBillerAccount } from '#features/biller-account/unlink-biller-account.ts';

const tag = 'biller accounts';
const listings = {
  tag,
  access: 'user',
  limits: [{ name: 'billers', points: 120, windowSeconds: 600, by: 'user' }],
} as const;
const changeLimits = [{ name: 'biller-account-change', points: 60, windowSeconds: 3600, by: 'user' }] as const;

export const billerAccountRoutes = defineRoutes<AppContext>([
  {
    ...listings,
    method: 'GET',
    path: '/v1/profile/biller-categories',
    summary: 'The kinds of bills of a country',
    query: CategoryQuery,
    responses: { 200: CategoryList },
    errors: ['request.invalid', 'lookup.unavailable'],
    handle: async (ctx, { actor, query }) => ok({ items: await listCategories(ctx, actor, query), nextCursor: null }),
  },
  {
    ...listings,
    method: 'GET',
    path: '/v1/profile/billers',
    summary: 'Who sends bills of a kind',
    query: BillerQuery,
    responses: { 200: BillerList },
    errors: ['request.invalid', 'lookup.unavailable'],
    handle: async (ctx, { actor, query }) => ok({ items: await listBillers(ctx, actor, query), nextCursor: null }),
  },
  {
    ...listings,
    method: 'GET',
    path: '/v1/profile/biller-items',
    summary: 'What a biller sells, and what it calls its customers’ numbers',
    query: BillItemQuery,
    responses: { 200: BillItemList },
    errors: ['request.invalid', 'lookup.unavailable'],
    handle: async (ctx, { actor, query }) => ok({ items: await listItems(ctx, actor, query), nextCursor: null }),
  },
  {
    method: 'GET',
    path: '/v1/profile/biller-accounts',
    summary: 'The linked accounts of the signed-in user at billers',
    tag,
    access: 'user',
    query: BillerAccountQuery,
    responses: { 200: BillerAccountList },
    errors: ['profile.not_found', 'profile.unreadable'],
    handle: async (ctx, { actor, query }) =>
      ok({ items: await listBillerAccounts(ctx, actor, query), nextCursor: null }),
  },
  {
    method: 'POST',
    path: '/v1/profile/biller-accounts',
    summary: 'Link an account at a biller, once that has said that there is such a customer',
    description: 'It may be another person’s: of a name that is not the user’s own the first letters are shown.',
    tag,
    access: 'user',
    idempotent: true,
    body: NewBillerAccount,
    responses: { 201: BillerAccountView },
    errors: [
      ...['profile.not_found', 'profile.unreadable', 'lookup.unavailable'],
      ...['biller_account.linked_already', 'biller_account.limit_reached', 'biller_account.not_confirmed'],
    ] as const,
    limits: changeLimits,
    timeoutMs: 14_000,
    handle: async (ctx, { actor, body }) => created(await linkBillerAccount(ctx, actor, body)),
  },
  {
    method: 'DELETE',
    path: '/v1/profile/biller-accounts/:id',
    summary: 'Unlink an account at a biller',
    tag,
    access: 'user',
    params: BillerAccountParams,
    responses: { 204: null },
    errors: ['biller_account.not_found'],
    limits: changeLimits,
    async handle(ctx, { actor, params }) {
      await unlinkBillerAccount(ctx, actor, params);
      return noContent();
    },
  },
]);
