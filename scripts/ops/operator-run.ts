import { hostname, userInfo } from 'node:os';
import { type AuditSurroundings, auditRow } from '@bank/database';
import { type AuditRecord, allow, auditLimits, uuidv7 } from '@bank/domain';
import { newTraceparent } from '@bank/observability';

type AuditRow = ReturnType<typeof auditRow> & Pick<AuditSurroundings, 'request'>;

/** One run of a command that changes something. What it does is told to the ledger before it is done (SR-86). */
export interface OperatorRun {
  /**
   * The entry about one thing that the run does, from the account and host it runs on. It is about the run itself unless a subject is
   * given. Ids and codes only, as everywhere (SR-85); of text that others wrote no more is taken than the ledger takes.
   */
  rowOf(
    details: NonNullable<AuditRecord['details']>,
    about?: Partial<Pick<AuditRecord, 'subject' | 'outcome'>>,
  ): AuditRow;
}

const { actor } = allow.system('ops');

/** Begins a run of a command, such as `dlq replay`. */
export function operatorRun(command: string): OperatorRun {
  const request = { requestId: uuidv7(), traceparent: newTraceparent() };
  const from = { account: accountName(), host: hostname() };
  return {
    rowOf(details, { subject = request.requestId, outcome = 'success' } = {}) {
      const said = Object.entries({ command, ...details, ...from }).map(([name, value]) => {
        return [name, typeof value === 'string' ? fitting(value, auditLimits.text) : value] as const;
      });
      const record = {
        action: 'operator.command_run',
        subject: fitting(subject, auditLimits.text),
        outcome,
        details: Object.fromEntries(said),
      } as const;
      return { ...auditRow(record, { id: uuidv7(), actor, service: 'ops', at: new Date(), request }), request };
    },
  };
}

function fitting(text: string, lengthMax: number): string {
  return text.replaceAll(/\p{Cc}/gu, '?').slice(0, lengthMax);
}

/** Its number where the account has no name, as in a container. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
