import { createFoundations, type Foundations, type Overrides, tlsFilesOf } from '@bank/composition';
import type { TransactionalContext, TransactionScope } from '@bank/database';
import { type AuditReceiver, createAuditReceiver } from '#adapters/audit/audit-receiver.ts';
import { type Checkpoints, openCheckpoints } from '#adapters/checkpoints/open-checkpoints.ts';
import { createOwners, type Owners } from '#adapters/owners.ts';
import type { Config } from '#config.ts';
import { createVerifications, type Verifications } from '#features/ledger/verification.ts';
import { ApprovalRepository } from '#storage/approval.repository.ts';
import { CheckpointRepository } from '#storage/checkpoint.repository.ts';
import { entities } from '#storage/entities.ts';
import { ForwardingRepository } from '#storage/forwarding.repository.ts';
import { LedgerRepository } from '#storage/ledger.repository.ts';
import { StaffNoteRepository } from '#storage/staff-note.repository.ts';
import { UnmaskingRepository } from '#storage/unmasking.repository.ts';
import { UserRepository } from '#storage/user.repository.ts';
import { VerificationRepository } from '#storage/verification.repository.ts';

export interface Repositories {
  readonly approvals: ApprovalRepository;
  readonly checkpoints: CheckpointRepository;
  readonly forwarding: ForwardingRepository;
  readonly ledger: LedgerRepository;
  readonly staffNotes: StaffNoteRepository;
  readonly unmaskings: UnmaskingRepository;
  readonly users: UserRepository;
  readonly verification: VerificationRepository;
}

/** What every feature is handed: the foundations of any app, and this one's repositories behind its unit of work. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {
  /** The keys of checkpoints, and where they are kept outside of the database. */
  readonly checkpointing: Checkpoints;
  readonly verifications: Verifications;
  /** The platform's Audit service, where one is configured. */
  readonly auditReceiver: AuditReceiver | undefined;
  /** The apps that own what staff look at and change. */
  readonly owners: Owners;
}

/** The context inside of a transaction. */
export type AppTransaction = AppContext & TransactionScope<Repositories>;

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'admin', entities, overrides });
  return {
    ...foundations,
    checkpointing: openCheckpoints(config),
    verifications: createVerifications(foundations),
    auditReceiver: receiverOf(config, foundations),
    owners: createOwners(config, foundations),
    unitOfWork: foundations.unitOfWorkOf((em) => ({
      approvals: new ApprovalRepository(em),
      checkpoints: new CheckpointRepository(em),
      forwarding: new ForwardingRepository(em),
      ledger: new LedgerRepository(em),
      staffNotes: new StaffNoteRepository(em, foundations.vault),
      unmaskings: new UnmaskingRepository(em),
      users: new UserRepository(em),
      verification: new VerificationRepository(em),
    })),
  };
}

function receiverOf(config: Config, { clock, logger, metrics }: Foundations): AuditReceiver | undefined {
  if (config.AUDIT_RPC_URL === undefined) return undefined;
  return createAuditReceiver({ baseUrl: config.AUDIT_RPC_URL, tls: tlsFilesOf(config), clock, logger, metrics });
}
