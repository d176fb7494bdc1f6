import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import type { DataRights, ExportedRows, ExportRow, PersonalTable } from '#data-rights/declaration.ts';
import { Repository } from '#transaction/repository.ts';

const pageRows = 200;

/** Reads and removes what a schema keeps about one user, by its declaration. */
export class DataRightsRepository extends Repository {
  readonly #rights: DataRights;

  constructor(em: EntityManager, rights: DataRights) {
    super(em);
    this.#rights = rights;
  }

  /** The next rows of a table in the order of their key, which each has as `key`; sealed columns are under their own names. */
  page(
    table: string,
    { columns, key, sealed = [] }: ExportedRows,
    { userId, after }: { userId: string; after: string | undefined },
  ): Promise<ExportRow[]> {
    const listed = Object.entries(columns).map(([name, column]) => `${identifier(column)} as "${name}"`);
    const sealedColumns = sealed.map(({ column }) => `${identifier(column)} as "${sealedName(column)}"`);
    const selected = [`${identifier(key)} as "key"`, ...listed, ...sealedColumns].join(', ');
    return this.rows(
      `select ${selected} from ${this.#qualified(table)}
        where ${whoseOf(this.#rights, table)} and (?::uuid is null or ${identifier(key)} > ?::uuid)
        order by ${identifier(key)} limit ${pageRows}`,
      [userId, after ?? null, after ?? null],
    );
  }

  /** Deletes the user's rows or clears what they hold; how many rows that were. */
  async erase(userId: string): Promise<number> {
    let rows = 0;
    for (const [table, { erased }] of Object.entries(this.#rights.personal)) {
      if (erased === 'deleted') rows += await this.#delete(table, userId);
      else if ('cleared' in erased) rows += await this.#clear(table, erased.cleared, userId);
    }
    return rows;
  }

  #delete(table: string, userId: string): Promise<number> {
    return this.affected(`delete from ${this.#qualified(table)} where ${whoseOf(this.#rights, table)}`, [userId]);
  }

  /** Only rows that still hold something, so that doing it again writes nothing. */
  #clear(table: string, cleared: readonly string[], userId: string): Promise<number> {
    const columns = cleared.map(identifier);
    return this.affected(
      `update ${this.#qualified(table)} set ${columns.map((column) => `${column} = null`).join(', ')}
        where ${whoseOf(this.#rights, table)} and (${columns.map((column) => `${column} is not null`).join(' or ')})`,
      [userId],
    );
  }

  #qualified(table: string): string {
    return `${identifier(this.#rights.schema)}.${identifier(table)}`;
  }
}

/** The name under which a sealed column is read. */
export function sealedName(column: string): string {
  return `sealed ${column}`;
}

function whoseOf({ personal }: DataRights, table: string): string {
  const declared: PersonalTable | undefined = personal[table];
  return `(${declared?.whose ?? 'user_id = ?'})`;
}
