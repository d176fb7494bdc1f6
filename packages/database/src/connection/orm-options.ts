import { type EntitySchema, type Options, UnderscoreNamingStrategy } from '@mikro-orm/postgresql';
import { TranslatingDriver } from '#connection/driver.ts';
import { identifier } from '#connection/identifier.ts';
import { type PoolOptions, poolOptions } from '#connection/pool.ts';

export type Entities = readonly EntitySchema[];

export interface OrmOptions extends PoolOptions {
  readonly schema: string;
  readonly entities: Entities;
}

/** MikroORM for one schema of a database that several services share. */
export function ormOptions({ schema, entities, ...pool }: OrmOptions): Options {
  const connection = poolOptions(pool);
  return {
    driver: TranslatingDriver,
    schema: identifier(schema),
    entities: [...entities] as NonNullable<Options['entities']>,
    namingStrategy: UnderscoreNamingStrategy,
    dbName: String(connection.database),
    timezone: 'UTC',
    forceUtcTimezone: true,
    driverOptions: connection,
    ensureDatabase: false,
    discovery: { warnWhenNoEntities: false }, // a service may do with statements alone
    logger: () => undefined, // statements hold personal data; what fails is thrown and logged by whoever catches it
  };
}
