import type { AuditRecord, Clock, IdSource } from '@bank/domain';
import { newTraceparent, type RequestContext, requestContext } from '@bank/observability';
import type { Keyring } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import { rowsWritten, type Statement, TransactionOver } from '#connection/session.ts';
import { claimedKey, commitKeyStatement } from '#idempotency/claimed-key.ts';
import { auditRow } from '#outbox/audit-entry.ts';
import { type Delivery, deliveryDataschema, deliveryType, sealDelivery } from '#outbox/delivery.ts';
import { outboxStatement, type PendingRow } from '#outbox/outbox-writer.ts';
import { type Access, declaredAudits } from '#transaction/access.ts';
import { holdUser } from '#transaction/erasure-hold.ts';
import { type HandledMessages, noteHandled } from '#transaction/inbox.ts';
import type { OutboxEvent, Transaction } from '#transaction/transaction.ts';
import { tryTakeJob } from '#transaction/turn.ts';

export interface TransactionSettings {
  readonly schema: string;
  readonly service: string;
  readonly deliveryKeys: Keyring;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly refuseUnauditedWrites: boolean;
}

/** One database transaction, from BEGIN to COMMIT, with everything that joined it. */
export class OpenTransaction {
  readonly em: EntityManager;
  readonly #settings: TransactionSettings;
  readonly #request: RequestContext;
  readonly #rows: PendingRow[] = [];
  readonly #rowsWrittenBefore: number;
  #mustAudit: Access | undefined;
  #noted = false;
  #failure: { readonly error: unknown } | undefined;
  #over = false;

  constructor(em: EntityManager, settings: TransactionSettings) {
    this.em = em;
    this.#settings = settings;
    this.#rowsWrittenBefore = rowsWritten(em);
    this.#request = requestContext.get() ?? { requestId: settings.ids.next(), traceparent: newTraceparent() };
  }

  /** Whether anything waits to be published once this is committed. */
  get hasMessages(): boolean {
    return this.#rows.length > 0;
  }

  /** Runs one `withTransaction` within this transaction. When it fails, nothing of the whole can be committed any more. */
  async runLayer<T>(access: Access, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (declaredAudits(access).length > 0) {
      this.#mustAudit ??= access;
    }
    try {
      return await work(this.#transactionFor(access));
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  /** Notes that messages are handled by this transaction, and gives those that were not handled before. */
  noteHandled(messages: HandledMessages): Promise<ReadonlySet<string>> {
    this.#noted = true;
    return noteHandled(this.em, this.#settings.schema, messages);
  }

  /** Everything that remains before the commit. @throws Error when a part failed, or wrote without telling the ledger */
  async complete(): Promise<void> {
    if (this.#failure !== undefined) {
      throw new Error('a transaction cannot be committed after one that joined it failed', {
        cause: this.#failure.error,
      });
    }
    await this.em.flush();
    this.#refuseUnauditedWrite();
  }

  /**
   * What travels with the commit: the outbox rows, and before them the note that something was done under the request's
   * idempotency key. Whatever matters is told to somebody; what only counts an attempt may be counted again.
   */
  lastStatements(): readonly Statement[] {
    const outbox = outboxStatement(this.#rows, this.#settings);
    if (outbox === undefined) return [];
    const claimed = claimedKey.get();
    return claimed === undefined ? [outbox] : [commitKeyStatement(this.#settings.schema, claimed), outbox];
  }

  /** After this nothing can be added. */
  end(): void {
    this.#over = true;
  }

  #transactionFor(access: Access): Transaction {
    return {
      em: this.em,
      holdUser: (userId) => holdUser(this.em, this.#settings.schema, userId),
      tryTakeJob: (job) => tryTakeJob(this.em, this.#settings.schema, job),
      emit: async (event) => this.#emit(event),
      audit: async (record) => this.#audit(access, record),
      deliver: async (message) => this.#deliver(message),
    };
  }

  /** Of the message at hand, where several are handled together; else of the whole transaction. */
  get #current(): RequestContext {
    return requestContext.get() ?? this.#request;
  }

  #emit(event: OutboxEvent): void {
    this.#push({ id: this.#settings.ids.next(), destination: 'events', ...event });
  }

  #audit(access: Access, record: AuditRecord): void {
    if (!declaredAudits(access).includes(record.action)) {
      throw new Error(`${record.action} is not declared among the audits of a transaction for ${access.who.rule}`);
    }
    const row = auditRow(record, {
      id: this.#settings.ids.next(),
      actor: access.who.actor,
      service: this.#settings.service,
      at: this.#settings.clock.now(),
      request: this.#current,
    });
    this.#push(row);
  }

  #deliver(message: Delivery): void {
    const id = this.#settings.ids.next();
    this.#push({
      id,
      destination: 'deliveries',
      type: deliveryType,
      subject: 'userId' in message.to ? message.to.userId : id, // an address is personal data: no subject
      dataschema: deliveryDataschema,
      data: sealDelivery(this.#settings.deliveryKeys, id, message),
    });
  }

  #push({ id, destination, type, subject, dataschema, data }: Omit<PendingRow, 'request'>): void {
    if (this.#over) {
      throw new TransactionOver();
    }
    if (subject === '') {
      throw new Error(`${type} needs a subject`);
    }
    this.#rows.push({ id, destination, type, subject, dataschema, data, request: this.#current });
  }

  #refuseUnauditedWrite(): void {
    const access = this.#mustAudit;
    const audited = this.#rows.some(({ destination }) => destination === 'audit');
    if (access === undefined || audited || !this.#settings.refuseUnauditedWrites) {
      return;
    }
    if (this.hasMessages || this.#wrote()) {
      throw new Error(`a transaction for ${access.who.rule} declared audits, wrote, and told the ledger nothing`);
    }
  }

  #wrote(): boolean {
    // The note itself is a write, and a message that changes nothing has nothing to tell.
    return !this.#noted && rowsWritten(this.em) > this.#rowsWrittenBefore;
  }
}
