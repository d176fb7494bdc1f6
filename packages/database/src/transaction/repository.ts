import type { EntityManager } from '@mikro-orm/postgresql';
import { translateFailure } from '#connection/failures.ts';
import { runnerOf } from '#connection/session.ts';
import { numberPlaceholders } from '#connection/statement.ts';

/** A statement's rows, and how many rows it read or touched. */
export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly affected: number;
}

/**
 * Runs one statement with bound parameters, inside the entity manager's transaction when there is one. `?` marks a
 * parameter; a list is one array parameter (`= any(?)`), JSON is handed over as text. Statements do not see entity
 * changes that were not flushed yet. @throws service.unavailable, or the driver's error
 */
export async function runStatement(
  em: EntityManager,
  sql: string,
  params: readonly unknown[] = [],
): Promise<StatementResult> {
  try {
    const { rows, rowCount } = await runnerOf(em).query(numberPlaceholders(sql), params);
    return { rows, affected: rowCount ?? 0 };
  } catch (error) {
    throw translateFailure(error);
  }
}

/**
 * What every repository is made of: typed statements for hot paths, and the entity manager for the rest. A repository
 * is made for one transaction or one reader and keeps nothing.
 */
export abstract class Repository {
  protected readonly em: EntityManager;

  constructor(em: EntityManager) {
    this.em = em;
  }

  /** The rows of a statement. @throws service.unavailable */
  protected async rows<T>(sql: string, params?: readonly unknown[]): Promise<T[]> {
    return [...(await runStatement(this.em, sql, params)).rows] as T[];
  }

  /** The first row of a statement, or undefined. @throws service.unavailable */
  protected async row<T>(sql: string, params?: readonly unknown[]): Promise<T | undefined> {
    return (await runStatement(this.em, sql, params)).rows[0] as T | undefined;
  }

  /** How many rows a write touched. @throws service.unavailable */
  protected async affected(sql: string, params?: readonly unknown[]): Promise<number> {
    return (await runStatement(this.em, sql, params)).affected;
  }
}
