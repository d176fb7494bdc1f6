import { ChangeDecision, type ProfileService } from '@bank/proto/profile';
import type { RpcMethods } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { decideChangeRequest } from '#features/change-request/decide-change-request.ts';
import { listWaiting } from '#features/change-request/list-waiting.ts';
import { showChangeRequest } from '#features/change-request/show-change-request.ts';

const statuses: Readonly<Record<ChangeDecision, string>> = {
  [ChangeDecision.UNSPECIFIED]: '',
  [ChangeDecision.APPROVE]: 'approved',
  [ChangeDecision.REJECT]: 'rejected',
};

type Methods = Pick<
  RpcMethods<AppContext, typeof ProfileService>,
  'listChangeRequests' | 'viewChangeRequest' | 'decideChangeRequest'
>;

/** The methods of `ProfileService` about change requests. */
export const changeRequestMethods: Methods = {
  listChangeRequests: {
    access: 'staff',
    async handle(ctx, { limit, cursor }, { actor }) {
      const { items, nextCursor } = await listWaiting(ctx, actor, { limit, cursor });
      const changeRequests = items.map(({ id, userId, fields, createdAt }) => {
        return { changeRequestId: id, userId, fields: [...fields], createdAt: timestampFromDate(createdAt) };
      });
      return { changeRequests, nextCursor: nextCursor ?? '' };
    },
  },
  viewChangeRequest: {
    access: 'staff',
    async handle(ctx, { userId, changeRequestId: id }, { actor }) {
      const { request, profile } = await showChangeRequest(ctx, actor, { userId, id });
      const { status, reason, createdAt } = request;
      const changes = Object.entries(request.changes).map(([field, proposed]) => {
        return { field, current: profile[field as keyof typeof request.changes] ?? '', proposed: proposed ?? '' };
      });
      return { status, reason, changes, createdAt: timestampFromDate(createdAt) };
    },
  },
  decideChangeRequest: {
    access: 'staff',
    async handle(ctx, { userId, changeRequestId: id, noteId, decision, rejection }, { actor }) {
      const status = statuses[decision] ?? '';
      const told = rejection !== '' && { rejection };
      await decideChangeRequest(ctx, actor, { userId, id, noteId, status, ...told });
      return {};
    },
  },
};
