import type { AuditAction, Grant } from '@bank/domain';

/** Who may open a transaction, and what it may tell the ledger; or why nothing in it needs telling. */
export type Access = {
  readonly who: Grant;
  /** It only records that something is tried, or could not be done: the same request may be run again. */
  readonly isAttempt?: boolean;
} & ({ readonly audits: readonly AuditAction[] } | { readonly unaudited: string });

/** The audit actions a transaction declared. */
export function declaredAudits(access: Access): readonly AuditAction[] {
  return 'audits' in access ? access.audits : [];
}
