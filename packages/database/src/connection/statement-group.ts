import pg from 'pg';

/** One statement of a group, its parameters as they go over the wire. */
export interface GroupedStatement {
  readonly sql: string;
  /** Under which the connection keeps it prepared; '' for the unnamed one, which each replaces. */
  readonly name: string;
  readonly values: readonly (string | Buffer | null)[];
}

/** What a query sends with (PostgreSQL manual §55.2.3). */
interface ExtendedProtocol {
  close(what: { type: 'S'; name: string }): void;
  parse(statement: { text: string; name: string }): void;
  bind(portal: { statement: string; values: readonly (string | Buffer | null)[] }): void;
  describe(what: { type: 'P'; name: string }): void;
  execute(portal: object): void;
  sync(): void;
}

type Results = pg.QueryResult | readonly pg.QueryResult[];

/** What node-postgres has beyond its published types: its query, which leaves to `prepare` what is sent, and its conversion. */
const { Query, utils } = pg as unknown as {
  readonly Query: new (
    config: { text: string; queryMode: 'extended' },
    done: (error: Error | null, results: Results) => void,
  ) => pg.Submittable & { prepare(connection: ExtendedProtocol): void };
  readonly utils: { prepareValue(value: unknown): string | Buffer | null };
};

/** Parameters as node-postgres converts them. @throws what converting one of them throws; nothing has been sent then */
export function toWire(params: readonly unknown[]): readonly (string | Buffer | null)[] {
  return params.map(utils.prepareValue);
}

/**
 * Statements that travel to the server together and are answered together: one round trip for all of them. After the
 * first that fails the server skips the rest, up to and including a `commit` (§55.2.4), and `done` gets its error.
 */
export class StatementGroup extends Query {
  readonly #statements: readonly GroupedStatement[];
  readonly #prepared: Set<string>;

  /** `prepared` are the names that the connection knows; those of a group that succeeds join them. */
  constructor(
    statements: readonly GroupedStatement[],
    prepared: Set<string>,
    done: (error: Error | null, results: readonly pg.QueryResult[]) => void,
  ) {
    super({ text: '', queryMode: 'extended' }, (error, results) => {
      if (error === null) {
        for (const { name } of statements) if (name !== '') prepared.add(name);
      }
      done(error, [results].flat());
    });
    this.#statements = statements;
    this.#prepared = prepared;
  }

  override prepare(connection: ExtendedProtocol): void {
    for (const { sql, name, values } of this.#statements) {
      if (!this.#prepared.has(name)) {
        // A group that failed may have left it behind; to close what is not there is no error.
        if (name !== '') connection.close({ type: 'S', name });
        connection.parse({ text: sql, name });
      }
      connection.bind({ statement: name, values });
      connection.describe({ type: 'P', name: '' });
      connection.execute({});
    }
    connection.sync();
  }
}
