import { DomainError } from '@bank/domain';
import { AuthService, SessionEndReason } from '@bank/proto/auth';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { ActTarget } from '#adapters/auth/user-acts.ts';
import { dateOf } from '#adapters/date-of.ts';

/** A live session: nothing of its tokens. */
export interface LiveSession {
  readonly id: string;
  readonly clientId: string;
  readonly deviceId: string | null;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly createdAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** What a member of staff asks for, to be signed in their name. */
export interface ApprovalRequest {
  readonly approvalId: string;
  readonly action: string;
  readonly payloadDigest: Uint8Array;
}

/** Sessions and signatures of `auth`, each with the token of who asks. Throws what `auth` answers, and service.unavailable. */
export interface SessionActs {
  /** The newest live sessions of a user; `auth` tells the ledger. */
  newest(userId: string, limit: number): Promise<readonly LiveSession[]>;
  signOut(target: ActTarget): Promise<void>;
  /** The same after a reset of factors; the user's devices have to prove anew whose they are. */
  endAfterReset(target: ActTarget): Promise<void>;
  startPasswordReset(target: ActTarget): Promise<void>;
  /** Gives the request signed (JWS), and when it dies. */
  signApproval(request: ApprovalRequest): Promise<{ readonly approval: string; readonly expiresAt: Date }>;
}

/** Asks the auth service. */
export function createSessionActs(options: RpcClientOptions): SessionActs {
  const auth = createRpcClient(AuthService, options);
  const endAll = async ({ userId, noteId }: ActTarget, reason: SessionEndReason) => {
    const scope = { case: 'allSessions', value: { exceptSessionId: '' } } as const;
    await auth.revokeSessions({ userId, noteId, scope, reason }, forwardUser());
  };
  return {
    async newest(userId, limit) {
      const { sessions } = await auth.listSessions({ userId, limit }, forwardUser());
      return sessions.map(({ sessionId, clientId, deviceId, acr, amr, createdAt, lastUsedAt, expiresAt }) => {
        const times = { createdAt: dateOf(createdAt), lastUsedAt: dateOf(lastUsedAt), expiresAt: dateOf(expiresAt) };
        return { id: sessionId, clientId, deviceId: deviceId || null, acr, amr, ...times };
      });
    },
    signOut: (target) => endAll(target, SessionEndReason.ENDED_BY_STAFF),
    endAfterReset: (target) => endAll(target, SessionEndReason.FACTOR_CHANGED),
    async startPasswordReset({ userId, noteId }) {
      await auth.startPasswordReset({ userId, noteId }, forwardUser());
    },
    async signApproval({ approvalId, action, payloadDigest }) {
      const { approval, expiresAt } = await auth.signApproval({ approvalId, action, payloadDigest }, forwardUser());
      if (expiresAt === undefined) throw new DomainError('service.internal', { reason: 'an approval without an end' });
      return { approval, expiresAt: timestampDate(expiresAt) };
    },
  };
}
