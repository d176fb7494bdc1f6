export { ApprovalRepository, type ConsumedApproval } from '#approvals/approval.repository.ts';
export {
  connectDatabase,
  type Database,
  type DatabaseMetrics,
  type DatabaseOptions,
} from '#connection/database.ts';
export { isCheckViolation, isUniqueViolation } from '#connection/failures.ts';
export type { StopListening } from '#connection/listener.ts';
export type { Entities } from '#connection/orm-options.ts';
export { TransactionOver } from '#connection/session.ts';
export {
  consumedApprovals,
  type DataRights,
  declareDataRights,
  type Erasure,
  type ExportedRows,
  type PersonalTable,
  type SealedColumn,
} from '#data-rights/declaration.ts';
export { type ErasureReport, eraseRecords } from '#data-rights/erase-records.ts';
export { type ExportRecord, exportRecords } from '#data-rights/export-records.ts';
export { dataRightsProblems } from '#data-rights/undeclared-tables.ts';
export { declareGrowth, type Growth, type TrimmedTable } from '#housekeeping/growth.ts';
export {
  type Chore,
  createHousekeeping,
  type Housekeeping,
  type HousekeepingOptions,
} from '#housekeeping/housekeeping.ts';
export { maintainPartitions, type PartitionReport } from '#housekeeping/partitions.ts';
export { measureOverdueRows, measureTables, type TableSize } from '#housekeeping/table-growth.ts';
export { trimmingChores } from '#housekeeping/trim.ts';
export { growthProblems } from '#housekeeping/unbounded-tables.ts';
export type { IdempotencyScope } from '#idempotency/idempotency-key.repository.ts';
export {
  createIdempotencyStore,
  type IdempotencyStore,
  type IdempotencyStoreOptions,
  type StoredAnswer,
} from '#idempotency/idempotency-store.ts';
export { type IndexChange, IndexMigration } from '#migrations/index-migration.ts';
export type { LockRetries } from '#migrations/lock-retries.ts';
export { type MigrationKind, type MigrationPlan, type NamedMigration, planOf } from '#migrations/migration-plan.ts';
export type { AppliedMigration, MigrationStatus } from '#migrations/migration-record.ts';
export { createMigrator, type MigratorOptions, type SchemaMigrator } from '#migrations/migrator.ts';
export { approvalTableV1 } from '#migrations/platform/approvals.ts';
export { inboxKeepWeeks, waitingOutboxIndex } from '#migrations/platform/outbox.ts';
export { type PartitionedTable, partitionedTableSql } from '#migrations/platform/partitions.ts';
export { platformTablesV1, platformTablesV2, platformTablesV3, platformTablesV4 } from '#migrations/platform-tables.ts';
export { rolesOf } from '#migrations/roles.ts';
export { SqlMigration } from '#migrations/sql-migration.ts';
export { BackfillMigration } from '#migrations/steps.ts';
export { usedColumns } from '#migrations/used-columns.ts';
export { type AddedConstraint, ValidationMigration } from '#migrations/validation-migration.ts';
export { appendRow } from '#outbox/append-row.ts';
export { type AuditSurroundings, auditRow } from '#outbox/audit-entry.ts';
export { type Delivery, type OpenedDelivery, openDelivery } from '#outbox/delivery.ts';
export { createOutboxStore, type OutboxRow, type OutboxStore } from '#outbox/outbox-store.ts';
export type { KeyClass, Tombstone } from '#pii/data-key.ts';
export {
  createPiiVault,
  DataKeyMissing,
  type PiiVault,
  type PiiVaultOptions,
  type SealedPlace,
} from '#pii/pii-vault.ts';
export { dataKeysByKek, type RewrapReport, rewrapDataKeys } from '#pii/rewrap.ts';
export { type ProvisionOptions, provisionStatements, type SchemaPasswords } from '#provisioning/provision.ts';
export { type BlindIndex, type BlindIndexOptions, blindIndexTableSql, createBlindIndex } from '#search/blind-index.ts';
export {
  createTokenIndex,
  type TokenIndex,
  type TokenIndexOptions,
  type TokenPage,
  type TokenSearch,
  tokenIndexTableSql,
} from '#search/token-index.ts';
export type { Access } from '#transaction/access.ts';
export { holdUser, lockForErasure } from '#transaction/erasure-hold.ts';
export { once, onceEach } from '#transaction/once.ts';
export { Repository, runStatement } from '#transaction/repository.ts';
export type { OutboxEvent, Transaction } from '#transaction/transaction.ts';
export {
  createUnitOfWork,
  type ReadScope,
  type TransactionalContext,
  type TransactionScope,
  type UnitOfWork,
  type UnitOfWorkOptions,
} from '#transaction/unit-of-work.ts';
export { readerOf, withStatement, withTransaction } from '#transaction/with-transaction.ts';
