import { ChangeDecision, ProfileService } from '@bank/proto/profile';
import { createRpcClient, forwardUser, type Page, type RpcClientOptions } from '@bank/service-kit';
import type { ActTarget } from '#adapters/auth/user-acts.ts';
import { dateOf } from '#adapters/date-of.ts';

/** A request that waits: whose it is and which fields it names, and no values. */
export interface WaitingChangeRequest {
  readonly id: string;
  readonly userId: string;
  readonly fields: readonly string[];
  readonly createdAt: Date | null;
}

/** What has to be known for a decision. */
export interface ShownChangeRequest {
  readonly status: string;
  readonly changes: readonly {
    readonly field: string;
    readonly current: string | null;
    readonly proposed: string | null;
  }[];
  readonly reason: string;
  readonly createdAt: Date | null;
}

/** One request of one user. */
export interface NamedChangeRequest {
  readonly userId: string;
  readonly changeRequestId: string;
}

/** Change requests in `profile`, each with the token of who asks. Throws what `profile` answers, and service.unavailable. */
export interface ChangeRequests {
  /** Those that wait, the oldest first; an empty cursor is the beginning. */
  waiting(page: { readonly limit: number; readonly cursor: string }): Promise<Page<WaitingChangeRequest>>;
  /** `profile` tells the ledger. */
  show(request: NamedChangeRequest): Promise<ShownChangeRequest>;
  approve(request: NamedChangeRequest & ActTarget): Promise<void>;
  /** `rejection` is what its user is told. */
  reject(request: NamedChangeRequest & ActTarget & { readonly rejection: string }): Promise<void>;
}

/** Asks the profile service. */
export function createChangeRequests(options: RpcClientOptions): ChangeRequests {
  const profile = createRpcClient(ProfileService, options);
  return {
    async waiting(page) {
      const { changeRequests, nextCursor } = await profile.listChangeRequests(page, forwardUser());
      const items = changeRequests.map(({ changeRequestId: id, userId, fields, createdAt }) => {
        return { id, userId, fields, createdAt: dateOf(createdAt) };
      });
      return { items, nextCursor: nextCursor || null };
    },
    async show({ userId, changeRequestId }) {
      const shown = await profile.viewChangeRequest({ userId, changeRequestId }, forwardUser());
      const changes = shown.changes.map(({ field, current, proposed }) => {
        return { field, current: current || null, proposed: proposed || null };
      });
      return { status: shown.status, changes, reason: shown.reason, createdAt: dateOf(shown.createdAt) };
    },
    async approve({ userId, changeRequestId, noteId }) {
      const decision = ChangeDecision.APPROVE;
      await profile.decideChangeRequest({ userId, changeRequestId, noteId, decision }, forwardUser());
    },
    async reject({ userId, changeRequestId, noteId, rejection }) {
      const decision = ChangeDecision.REJECT;
      await profile.decideChangeRequest({ userId, changeRequestId, noteId, decision, rejection }, forwardUser());
    },
  };
}
