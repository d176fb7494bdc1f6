import type { ErrorCode } from '@bank/domain';
import type { RouteDescription } from '#http/contract/route.ts';

/** What the guards of a route may answer by themselves, so that a route lists only what its feature adds. */
export function impliedErrors(route: RouteDescription): readonly ErrorCode[] {
  const { access, method, stepUp, limits, idempotent, ifMatch, proof } = route;
  const codes: ErrorCode[] = ['request.malformed', 'request.invalid', 'request.not_acceptable'];
  if (method !== 'GET') {
    codes.push('request.unsupported_type', 'request.too_large', 'auth.origin.refused');
  }
  if (access !== 'public') {
    codes.push('auth.token.missing', 'auth.token.invalid');
  }
  if (access !== 'public' || proof !== undefined) {
    codes.push('auth.proof.invalid', 'auth.proof.nonce_required');
  }
  if (typeof access === 'object') {
    codes.push('access.forbidden');
  }
  if (stepUp !== undefined || typeof access === 'object') {
    codes.push('auth.step_up.required');
  }
  if (limits !== undefined && limits.length > 0) {
    codes.push('request.rate_limited');
  }
  if (idempotent) {
    codes.push('request.idempotency_conflict', 'request.idempotency_in_progress', 'request.idempotency_interrupted');
  }
  if (ifMatch !== undefined) {
    codes.push('request.precondition_required', 'request.precondition_failed');
  }
  codes.push('service.unavailable', 'service.deadline', 'service.internal');
  return codes;
}
