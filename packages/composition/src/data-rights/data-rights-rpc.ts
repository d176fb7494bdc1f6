import type { DataRights, TransactionalContext } from '@bank/database';
import { DataRightsService } from '@bank/proto/data-rights';
import { defineRpc, type RpcService } from '@bank/service-kit';
import { type BeforeErasure, eraseUser } from '#data-rights/erase-user.ts';
import { exportUserData } from '#data-rights/export-user-data.ts';
import type { Foundations } from '#foundations.ts';

/** What an app keeps about people, and what it does before it lets a user go. */
export interface DataRightsParts<C extends Foundations & TransactionalContext<R>, R extends object> {
  readonly rights: DataRights;
  readonly before?: BeforeErasure<C, R>;
}

/** `bank.data_rights.v1.DataRightsService` over an app's declaration: the same in every app. */
export function dataRightsRpc<C extends Foundations & TransactionalContext<R>, R extends object>(
  parts: DataRightsParts<C, R>,
): RpcService<C> {
  return defineRpc<C, typeof DataRightsService>(DataRightsService, {
    exportUserData: {
      access: 'service',
      async *handle(ctx, { userId, requestId }, { actor }) {
        for await (const { category, record } of exportUserData(ctx, parts.rights, actor, { userId, requestId })) {
          yield { category, record: JSON.stringify(record) };
        }
      },
    },
    eraseUser: {
      access: 'service',
      async handle(ctx, { userId, requestId }, { actor }) {
        return { erased: await eraseUser(ctx, parts, actor, { userId, requestId }) };
      },
    },
  });
}
