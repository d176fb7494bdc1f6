import { withTransaction } from '@bank/database';
import {
  type ApprovalAction,
  allow,
  approvalActions,
  approvalSeconds,
  isApprovalAction,
  parse,
  requireUser,
  Uuidv7Schema,
} from '@bank/domain';
import { signJwt } from '@bank/security';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';

const digestBytes = 32;

const SignApprovalSchema = v.strictObject({
  approvalId: Uuidv7Schema,
  action: v.custom<ApprovalAction>(isApprovalAction, 'action'),
  payloadDigest: v.pipe(
    v.instance(Uint8Array),
    v.check(({ length }) => length === digestBytes, 'sha256'),
  ),
});

/** A signed request, and when it dies. */
export interface SignedApproval {
  approval: string;
  expiresAt: Date;
}

/**
 * Signs what members of staff ask for, who must be allowed to do it themselves (SR-71): whoever executes it a day later still
 * knows who asked for exactly what. It is no access token, and opens nothing by itself (SR-55).
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, service.unavailable
 */
export async function signApproval(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<SignedApproval> {
  const { userId, roles } = requireUser(caller.actor);
  const { approvalId, action, payloadDigest } = parse(SignApprovalSchema, input);
  const who = allow.permission(caller.actor, approvalActions[action]);
  const now = ctx.clock.now();
  // With its fraction: what has changed since is told apart from what was so when it was asked for.
  const issuedAt = now.getTime() / 1000;
  const expiresAt = Math.floor(issuedAt) + approvalSeconds;
  const approval = signJwt(ctx.keyRing.current(now), 'approval+jwt', {
    iss: ctx.config.TOKEN_ISSUER,
    jti: approvalId,
    sub: userId,
    roles: [...roles],
    act: action,
    dig: Buffer.from(payloadDigest).toString('base64url'),
    iat: issuedAt,
    exp: expiresAt,
  });
  await withTransaction(ctx, { who, audits: ['approval.signed'] }, (tx) =>
    tx.audit({ action: 'approval.signed', subject: approvalId, outcome: 'success', details: { action } }),
  );
  return { approval, expiresAt: new Date(expiresAt * 1000) };
}
