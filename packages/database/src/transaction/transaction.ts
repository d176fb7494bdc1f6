import type { AuditRecord, JsonValue } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Delivery } from '#outbox/delivery.ts';

/** A fact for anyone, as `encodeEvent` of @bank/proto makes it, and whom it is about. */
export interface OutboxEvent {
  /** `user.activated.v1` */
  readonly type: string;
  /** The user id where there is one. Events of one subject are numbered. */
  readonly subject: string;
  readonly dataschema: string;
  readonly data: JsonValue;
}

/** What a verb can do inside its transaction. All of it is committed together, or none of it. */
export interface Transaction {
  readonly em: EntityManager;
  /** Keeps a user from being erased until the end of the transaction; false when that has been done. Asked before any row is locked. */
  holdUser(userId: string): Promise<boolean>;
  /** Takes a job that one replica does at a time, until the end of the transaction; false, at once, when another has it. */
  tryTakeJob(job: string): Promise<boolean>;
  /** A fact, published after the commit. */
  emit(event: OutboxEvent): Promise<void>;
  /** An entry for the ledger, under the actor of the transaction's grant. @throws Error for an undeclared action */
  audit(record: AuditRecord): Promise<void>;
  /** A message to a person, sent by auth after the commit. Its parameters are sealed here. */
  deliver(message: Delivery): Promise<void>;
}
