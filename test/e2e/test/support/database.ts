import type { OwnerAddress } from '@bank/scripts/stack';
import pg from 'pg';

const tables = `select relname as name from pg_class
  where relnamespace = $1::regnamespace and relkind = 'r' order by relname`;

/** Runs `work` on a connection of the role that owns a schema. */
export async function asOwner<T>({ url }: OwnerAddress, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Everything that lies in a schema, as text: a line for each row, bytes in hex. */
export function textOfSchema(schema: string, owner: OwnerAddress): Promise<string> {
  return asOwner(owner, async (client) => {
    const lines: string[] = [];
    for (const { name } of (await client.query<{ name: string }>(tables, [schema])).rows) {
      const table = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
      const { rows } = await client.query<{ line: string }>(`select t::text as line from ${table} t`);
      lines.push(...rows.map(({ line }) => `${schema}.${name} ${line}`));
    }
    return lines.join('\n');
  });
}
