import type { FailureReason, SignInView } from '#features/sign-in/schemas.ts';
import type { SignIn } from '#storage/sign-in.entity.ts';

/** What the user may see of an attempt to sign in; `currentId` is the session that asks. */
export function toSignInView(signIn: SignIn, currentId: string): SignInView {
  const { id, deviceId = null, clientId, riskScore, riskReasons } = signIn;
  return {
    id,
    at: signIn.signedInAt.toISOString(),
    outcome: signIn.outcome as SignInView['outcome'],
    reason: (signIn.reason ?? null) as FailureReason | null,
    deviceId,
    clientId,
    acr: (signIn.acr ?? null) as SignInView['acr'],
    amr: signIn.amr ?? null,
    risk: riskScore == null ? null : { score: riskScore, reasons: riskReasons ?? [] },
    current: signIn.sessionId === currentId,
  };
}
