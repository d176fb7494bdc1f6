import { AuthService, type RevokeSessionsRequest, SessionEndReason, SigningKeyState } from '@bank/proto/auth';
import { defineRpc } from '@bank/service-kit';
import { timestampFromDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { signApproval } from '#features/approval/sign-approval.ts';
import { startPasswordReset } from '#features/password/start-password-reset.ts';
import { approveRecovery } from '#features/recovery/approve-recovery.ts';
import { findRecovery } from '#features/recovery/find-recovery.ts';
import { listRevocations } from '#features/revocation/list-revocations.ts';
import type { EndReason } from '#features/session/end-reasons.ts';
import { listUserSessions } from '#features/session/list-user-sessions.ts';
import { revokeSessions } from '#features/session/revoke-sessions.ts';
import { bringRotationForward } from '#features/signing-key/bring-rotation-forward.ts';
import { listPublicKeys } from '#features/signing-key/list-public-keys.ts';
import { keysMaxAgeSeconds } from '#features/signing-key/policies.ts';
import { revokeSigningKey } from '#features/signing-key/revoke-signing-key.ts';
import { type KeyView, viewSigningKeys } from '#features/signing-key/view-signing-keys.ts';
import { introspectToken } from '#features/token/introspect-token.ts';
import { consumeTransaction } from '#features/transaction/consume-transaction.ts';

type Introspected = NonNullable<Awaited<ReturnType<typeof introspectToken>>>;
type ListedSession = Awaited<ReturnType<typeof listUserSessions>>['items'][number];
type Listed = Awaited<ReturnType<typeof listRevocations>>['entries'][number];

const reasons: Readonly<Record<number, EndReason>> = {
  [SessionEndReason.LOGOUT]: 'logout',
  [SessionEndReason.LOGOUT_ALL]: 'logout_all',
  [SessionEndReason.ENDED_BY_USER]: 'ended_by_user',
  [SessionEndReason.ENDED_BY_STAFF]: 'ended_by_staff',
  [SessionEndReason.DEVICE_REMOVED]: 'device_removed',
  [SessionEndReason.FACTOR_CHANGED]: 'factor_changed',
};

const keyStates = {
  next: SigningKeyState.NEXT,
  signing: SigningKeyState.SIGNING,
  retiring: SigningKeyState.RETIRING,
} as const;

export const authRpc = defineRpc<AppContext, typeof AuthService>(AuthService, {
  introspectToken: {
    access: 'service',
    async handle(ctx, { token, audience }, call) {
      const claims = await introspectToken(ctx, { token, audience }, call);
      if (claims === undefined) return { active: false };
      return { active: true, claims: toClaims(claims, ctx.config.TOKEN_ISSUER, call.fields) };
    },
  },
  listPublicKeys: {
    access: 'service',
    async handle(ctx) {
      const { keys } = listPublicKeys(ctx.keyRing);
      return { keys: [...keys], maxAgeSeconds: keysMaxAgeSeconds };
    },
  },
  listRevocations: {
    access: 'service',
    async handle(ctx, request, call) {
      const since = { epoch: Number(request.epoch), sinceNumber: Number(request.sinceNumber) };
      const { epoch, number, entries, hasMore } = await listRevocations(ctx, since, call.actor);
      return { epoch: BigInt(epoch), number: BigInt(number), entries: entries.map(toRevocation), hasMore };
    },
  },
  revokeSessions: {
    access: 'user',
    async handle(ctx, request, call) {
      return { revokedCount: await revokeSessions(ctx, toInput(request), call) };
    },
  },
  listSessions: {
    access: 'staff',
    async handle(ctx, { userId, limit, cursor }, call) {
      const page = { ...(limit !== 0 && { limit }), ...(cursor !== '' && { cursor }) };
      const { items, nextCursor } = await listUserSessions(ctx, { userId, ...page }, call);
      return { sessions: items.map(toSession), nextCursor: nextCursor ?? '' };
    },
  },
  startPasswordReset: {
    access: 'staff',
    async handle(ctx, { userId, noteId }, call) {
      await startPasswordReset(ctx, { userId, noteId }, call);
      return {};
    },
  },
  signApproval: {
    access: 'staff',
    async handle(ctx, { approvalId, action, payloadDigest }, call) {
      const signed = await signApproval(ctx, { approvalId, action, payloadDigest }, call);
      return { approval: signed.approval, expiresAt: timestampFromDate(signed.expiresAt) };
    },
  },
  consumeTransactionToken: {
    access: 'user',
    async handle(ctx, { token, type, payload }, call) {
      const { approvedAt, ...approved } = await consumeTransaction(
        ctx,
        { token, transaction: { type, payload } },
        call,
      );
      return { ...approved, amr: [...approved.amr], approvedAt: timestampFromDate(approvedAt) };
    },
  },
  listSigningKeys: {
    access: 'service',
    handle: async (ctx, _request, call) => ({ keys: (await viewSigningKeys(ctx, call)).map(toSigningKey) }),
  },
  rotateSigningKey: {
    access: 'service',
    async handle(ctx, { leadSeconds }, call) {
      const lead = leadSeconds === 0 ? {} : { leadSeconds };
      return { next: toSigningKey(await bringRotationForward(ctx, lead, call)) };
    },
  },
  revokeSigningKey: {
    access: 'service',
    async handle(ctx, { keyId }, call) {
      const signing = await revokeSigningKey(ctx, { keyId }, call);
      return signing === undefined ? {} : { signing: toSigningKey(signing) };
    },
  },
  findRecovery: {
    access: 'staff',
    handle: (ctx, { userId }, call) => findRecovery(ctx, { userId }, call),
  },
  approveRecovery: {
    access: 'staff',
    async handle(ctx, { userId, recoveryId, noteId, approval }, call) {
      await approveRecovery(ctx, { userId, recoveryId, noteId, approval }, call);
      return {};
    },
  },
});

/** RFC 7662 §2.2: what the caller must know, and of the rest what the caller table lists. */
function toClaims(claims: Introspected, issuer: string, fields: ReadonlySet<string>) {
  const listed = {
    sessionId: claims.sid,
    tokenId: claims.jti,
    deviceId: claims.did ?? '',
    acr: claims.acr,
    amr: [...claims.amr],
    roles: [...claims.roles],
    issuedAt: timestampFromMs(Math.round(claims.iat * 1000)),
    authenticatedAt: timestampFromMs(claims.authTime * 1000),
  };
  return {
    issuer,
    userId: claims.sub,
    audience: claims.aud,
    tokenType: claims.cnf === undefined ? 'Bearer' : 'DPoP',
    confirmationThumbprint: claims.cnf?.jkt ?? '',
    expiresAt: timestampFromMs(claims.exp * 1000),
    ...Object.fromEntries(Object.entries(listed).filter(([name]) => fields.has(name))),
  };
}

function toSession(session: ListedSession) {
  return {
    sessionId: session.id,
    clientId: session.clientId,
    deviceId: session.deviceId,
    acr: session.acr,
    amr: [...session.amr],
    createdAt: timestampFromDate(session.createdAt),
    lastUsedAt: timestampFromDate(session.lastUsedAt),
    expiresAt: timestampFromDate(session.idleExpiresAt),
  };
}

function toRevocation({ number, notBefore, expiresAt, ...whose }: Listed) {
  return {
    number: BigInt(number),
    target: toTarget(whose),
    notBefore: timestampFromMs(notBefore),
    expiresAt: timestampFromMs(expiresAt),
  };
}

function toTarget({ sid, kid, sub = '' }: Pick<Listed, 'sid' | 'sub' | 'kid'>) {
  if (sid !== undefined) return { case: 'sessionId', value: sid } as const;
  if (kid !== undefined) return { case: 'signingKeyId', value: kid } as const;
  return { case: 'userId', value: sub } as const;
}

function toSigningKey({ kid, algorithm, state, createdAt, signsFrom, publicUntil }: KeyView) {
  return {
    keyId: kid,
    algorithm,
    state: keyStates[state],
    createdAt: timestampFromDate(createdAt),
    signsFrom: timestampFromDate(signsFrom),
    ...(publicUntil && { publicUntil: timestampFromDate(publicUntil) }),
  };
}

function toInput({ userId, scope, reason, noteId }: RevokeSessionsRequest) {
  const why = { userId, reason: reasons[reason], ...(noteId !== '' && { noteId }) };
  switch (scope.case) {
    case 'sessionId':
      return { ...why, sessionId: scope.value };
    case 'deviceId':
      return { ...why, deviceId: scope.value };
    case 'allSessions': {
      const { exceptSessionId } = scope.value;
      return { ...why, all: true, ...(exceptSessionId === '' ? {} : { exceptSessionId }) };
    }
    default:
      return why;
  }
}
