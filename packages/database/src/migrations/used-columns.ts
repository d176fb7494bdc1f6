import { Secret } from '@bank/domain';
import { MikroORM } from '@mikro-orm/postgresql';
import { type Entities, ormOptions } from '#connection/orm-options.ts';

const nowhere = new Secret('postgres://nobody@localhost/nothing');

/**
 * The columns that are loaded with the entities of a schema, by `<schema>.<table>`. A property that is `lazy()` is only declared:
 * nothing loads it unless it asks for it by name. Nothing is connected to.
 */
export async function usedColumns(
  schema: string,
  entities: Entities,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const orm = await MikroORM.init({ ...ormOptions({ url: nowhere, schema, entities, poolMax: 1, service: schema }) });
  const tables = [...orm.getMetadata().getAll().values()].map((meta) => {
    const columns = meta.props
      .filter(({ lazy, persist }) => lazy !== true && persist !== false)
      .flatMap(({ fieldNames }) => fieldNames ?? []);
    return [`${meta.schema ?? schema}.${meta.tableName}`, [...new Set(columns)].sort()] as const;
  });
  await orm.close();
  return Object.fromEntries(tables.sort(([a], [b]) => (a < b ? -1 : 1)));
}
