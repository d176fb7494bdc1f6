import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { getMe } from '#features/user/get-me.ts';
import { MeSchema } from '#features/user/schemas.ts';
import { callerOf } from '#transport/http/caller.ts';

export const userRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/auth/me',
    summary: 'The signed-in user, with their addresses',
    tag: 'user',
    access: 'user',
    responses: { 200: MeSchema },
    errors: ['user.not_found'],
    async handle(ctx, request) {
      return ok(await getMe(ctx, callerOf(request)));
    },
  },
]);
