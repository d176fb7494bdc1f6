import pg from 'pg';

/** One statement of a group, its parameters as they go over the wire. */
export interface GroupedStatement {
  readonly sql: string;
  readonly values: readonly (string | Buffer | null)[];
}

/** What a query sends with (PostgreSQL manual §55.2.3). */
interface ExtendedProtocol {
  parse(statement: { text: string }): void;
  bind(portal: { values: readonly (string | Buffer | null)[] }): void;
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

  constructor(
    statements: readonly GroupedStatement[],
    done: (error: Error | null, results: readonly pg.QueryResult[]) => void,
  ) {
    super({ text: '', queryMode: 'extended' }, (error, results) => done(error, [results].flat()));
    this.#statements = statements;
  }

  override prepare(connection: ExtendedProtocol): void {
    for (const { sql, values } of this.#statements) {
      connection.parse({ text: sql });
      connection.bind({ values });
      connection.describe({ type: 'P', name: '' });
      connection.execute({});
    }
    connection.sync();
  }
}
