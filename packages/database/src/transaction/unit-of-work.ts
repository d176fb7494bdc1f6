import { allow, type Clock, type IdSource, systemClock, systemIds } from '@bank/domain';
import type { Keyring } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '#connection/database.ts';
import { enterStatement } from '#connection/session.ts';
import { outboxChannel } from '#outbox/outbox-writer.ts';
import type { Access, UnauditedAccess } from '#transaction/access.ts';
import type { HandledMessages } from '#transaction/inbox.ts';
import { OpenTransaction, type TransactionSettings } from '#transaction/open-transaction.ts';
import { runTransaction } from '#transaction/run-transaction.ts';
import type { Transaction } from '#transaction/transaction.ts';

export interface UnitOfWorkOptions<R> {
  readonly database: Database;
  /** The repositories of one transaction or reader. */
  readonly repositories: (em: EntityManager) => R;
  /** Seals addresses and parameters of deliveries. */
  readonly deliveryKeys: Keyring;
  readonly clock?: Clock;
  readonly ids?: IdSource;
  /** The name under which events and audit entries leave; the database's service unless given. */
  readonly service?: string;
  /** Refuses the commit of a transaction that declared audits, wrote, and recorded none: a bug, found in development. */
  readonly refuseUnauditedWrites?: boolean;
}

/** What a transaction's work is given: repositories, the transaction, and a unit of work that joins it. */
export type TransactionScope<R> = R & Transaction & TransactionalContext<R>;

/** What a reader is given: the same repositories, without a transaction. */
export type ReadScope<R> = R & { readonly em: EntityManager };

/** Opens transactions, or joins the one it belongs to. Use it through `withTransaction`, `withStatement`, `once`, `onceEach` and `readerOf`. */
export interface UnitOfWork<R> {
  run<T>(access: Access, work: (scope: TransactionScope<R>) => Promise<T>): Promise<T>;
  /** One statement: a transaction of its own, or a part of the one that this belongs to. */
  runOne<T>(access: UnauditedAccess, work: (scope: ReadScope<R>) => Promise<T>): Promise<T>;
  /** Gives the messages that were not handled before; the work is left out when there are none. */
  runOnce(
    messages: HandledMessages,
    work: (scope: TransactionScope<R>, fresh: ReadonlySet<string>) => Promise<unknown>,
  ): Promise<ReadonlySet<string>>;
  reader(): ReadScope<R>;
}

/** Anything that carries a unit of work: an app's context, and the scope of a transaction. */
export interface TransactionalContext<R> {
  readonly unitOfWork: UnitOfWork<R>;
}

/** The unit of work of one service: each run is a database transaction with its outbox rows. */
export function createUnitOfWork<R extends object>(options: UnitOfWorkOptions<R>): UnitOfWork<R> {
  const { database, repositories } = options;
  const settings: TransactionSettings = {
    schema: database.schema,
    service: options.service ?? database.service,
    deliveryKeys: options.deliveryKeys,
    clock: options.clock ?? systemClock,
    ids: options.ids ?? systemIds,
    refuseUnauditedWrites: options.refuseUnauditedWrites ?? true,
  };
  const inTransaction = <T>(work: (joining: UnitOfWork<R>) => Promise<T>): Promise<T> =>
    runWithOutbox(database, settings, (open) => work(joinedUnitOfWork(open, repositories(open.em))));
  return {
    run: (access, work) => inTransaction((joining) => joining.run(access, work)),
    async runOne(_access, work) {
      const em = database.fork();
      enterStatement(em);
      return await work({ ...repositories(em), em });
    },
    runOnce: (messages, work) => inTransaction((joining) => joining.runOnce(messages, work)),
    reader() {
      const em = database.fork();
      return { ...repositories(em), em };
    },
  };
}

/** A unit of work whose every run is a part of one open transaction. */
function joinedUnitOfWork<R extends object>(open: OpenTransaction, repositories: R): UnitOfWork<R> {
  const joined: UnitOfWork<R> = {
    run: (access, work) =>
      open.runLayer(access, (transaction) => work({ ...repositories, ...transaction, unitOfWork: joined })),
    runOne: (access, work) => joined.run(access, work),
    runOnce: (messages, work) => {
      const access = { who: allow.system(`consumer:${messages.consumer}`), unaudited: 'notes messages as handled' };
      return joined.run(access, async (scope) => {
        const fresh = await open.noteHandled(messages);
        if (fresh.size > 0) {
          await work(scope, fresh);
        }
        return fresh;
      });
    },
    reader: () => ({ ...repositories, em: open.em }),
  };
  return joined;
}

async function runWithOutbox<T>(
  database: Database,
  settings: TransactionSettings,
  work: (open: OpenTransaction) => Promise<T>,
): Promise<T> {
  const { open, outcome } = await runTransaction(
    database,
    async (em) => {
      const open = new OpenTransaction(em, settings);
      try {
        const outcome = await work(open);
        await open.complete();
        return { open, outcome };
      } finally {
        open.end();
      }
    },
    ({ open }) => open.lastStatements(),
  );
  if (open.hasMessages) {
    database.notifySoon(outboxChannel(settings.schema));
  }
  return outcome;
}
