import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { listSignIns } from '#features/sign-in/list-sign-ins.ts';
import { SignInList, SignInPage } from '#features/sign-in/schemas.ts';

export const signInRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/devices/sign-ins',
    summary: 'The history of sign-ins and failed attempts, the newest first',
    description: 'Kept for 60 weeks. There is no place in it: no event of the system carries an address.',
    tag: 'devices',
    access: 'user',
    query: SignInPage,
    responses: { 200: SignInList },
    errors: ['request.invalid'],
    handle: async (ctx, request) => ok(await listSignIns(ctx, request.actor, request.query)),
  },
]);
