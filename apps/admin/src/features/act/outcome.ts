import { type AuditOutcome, type AuditRecord, DomainError, type ErrorCode } from '@bank/domain';

/** What an owner may refuse an act of staff with, beside what the guards of every route answer. */
export const ownerRefusals = [
  'user.not_found',
  'user.state.blocked',
  'user.transition.illegal',
  'user.contact_change.none_pending',
  'request.rate_limited',
  'service.overloaded',
] as const satisfies readonly ErrorCode[];

/** How a call of an owner ended. `refused` is its definite answer; with `unavailable` nobody knows whether it was done. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused' | 'unavailable'; readonly error: DomainError };

/** Lets an owner do something, and gives what came of it: what must be recorded before it is answered. */
export async function outcomeOf<T>(act: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'done', value: await act() };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const unknown = error.kind === 'unavailable' || error.kind === 'internal';
    return { kind: unknown ? 'unavailable' : 'refused', error };
  }
}

/** The value, or the error of the owner: to be thrown after the outcome is recorded. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'done') return outcome.value;
  throw outcome.error;
}

/** How the ledger tells of an outcome: the code of the answer, never words. */
export function auditedOutcome(outcome: Outcome<unknown>): Pick<AuditRecord, 'outcome' | 'reason'> {
  if (outcome.kind === 'done') return { outcome: 'success' };
  const denied: AuditOutcome = outcome.error.kind === 'forbidden' ? 'denied' : 'failure';
  return { outcome: denied, reason: outcome.error.code };
}
