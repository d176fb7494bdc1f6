import type { AuditAction, Grant } from '@bank/domain';

/** Who may open a transaction, and what it may tell the ledger; or why nothing in it needs telling. */
export type Access = { readonly who: Grant; readonly audits: readonly AuditAction[] } | UnauditedAccess;

export interface UnauditedAccess {
  readonly who: Grant;
  readonly unaudited: string;
}

/** The audit actions a transaction declared. */
export function declaredAudits(access: Access): readonly AuditAction[] {
  return 'audits' in access ? access.audits : [];
}
