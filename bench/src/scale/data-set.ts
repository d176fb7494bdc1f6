import { createHash } from 'node:crypto';

/** Rows in bulk, beside which apps are measured. */
export interface DataSet {
  /** Names it in the names of databases: lower-case letters, digits and underscores. */
  readonly name: string;
  /** What fills the empty tables of all apps, in order. */
  readonly statements: readonly string[];
}

/**
 * The name of the database that holds a data set for copying: another one as soon as the statements, or the migrations that
 * made the tables, are others. @throws RangeError for a name that Postgres would cut
 */
export function templateName({ name, statements }: DataSet, migrations: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([statements, migrations]))
    .digest('hex')
    .slice(0, 8);
  const template = `${templatePrefix(name)}${digest}`;
  if (!/^[a-z][a-z0-9_]{0,50}$/.test(template)) throw new RangeError(`"${name}" cannot name a data set`);
  return template;
}

/** What the names of all templates of a data set begin with, those of older statements included. */
export function templatePrefix(name: string): string {
  return `bench_template_${name}_`;
}

/**
 * SQL for a version 7 UUID of a moment (RFC 9562 §5.7): `seed` is a text expression that makes it differ from others of
 * the millisecond.
 */
export function uuidv7Sql(moment: string, seed: string): string {
  const milliseconds = `lpad(to_hex((extract(epoch from ${moment}) * 1000)::bigint), 12, '0')`;
  return `(${milliseconds} || '7' || substr(md5(${seed}), 1, 3) || '8' || substr(md5(${seed}), 4, 15))::uuid`;
}

/** SQL for bytes that look like a ciphertext: 32 for each count, the same for the same seed. */
export function bytesSql(seed: string, count: number): string {
  return Array.from({ length: count }, (_, part) => `sha256((${seed} || ' ${part}')::bytea)`).join(' || ');
}
