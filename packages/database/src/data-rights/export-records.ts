import type { JsonObject, JsonValue } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import { DataRightsRepository, sealedName } from '#data-rights/data-rights.repository.ts';
import type { DataRights, ExportedRows, ExportRow } from '#data-rights/declaration.ts';
import { DataKeyMissing, type PiiVault } from '#pii/pii-vault.ts';

/** One record of an export. */
export interface ExportRecord {
  /** Such as `device.devices`. */
  readonly category: string;
  readonly record: JsonObject;
}

/**
 * Everything a schema gives its user, record by record, personal data opened. Read in parts, each as of its own moment: nothing
 * stands still for it. @throws SealBroken for a record that was damaged or moved, service.unavailable
 */
export async function* exportRecords(
  { em, vault }: { readonly em: EntityManager; readonly vault: PiiVault },
  rights: DataRights,
  userId: string,
): AsyncGenerator<ExportRecord> {
  const repository = new DataRightsRepository(em, rights);
  for (const [table, { exported }] of Object.entries(rights.personal)) {
    if ('withheld' in exported) continue;
    const category = exported.category ?? `${rights.schema}.${table}`;
    let rows: readonly ExportRow[];
    let after: string | undefined;
    do {
      rows = await repository.page(table, exported, { userId, after });
      for (const row of rows) {
        after = String(row['key']);
        const opened = await openSealed({ em, vault }, { table, exported, userId }, row);
        yield { category, record: { ...plainFields(exported, row), ...opened } };
      }
    } while (rows.length > 0);
  }
}

function plainFields({ columns }: ExportedRows, row: ExportRow): JsonObject {
  return Object.fromEntries(Object.keys(columns).map((name) => [name, jsonOf(name, row[name])]));
}

async function openSealed(
  { em, vault }: { readonly em: EntityManager; readonly vault: PiiVault },
  { table, exported, userId }: { table: string; exported: ExportedRows; userId: string },
  row: ExportRow,
): Promise<JsonObject> {
  const fields: JsonObject[] = [];
  for (const { column, group, keyClass = 'erasable', withheld = [] } of exported.sealed ?? []) {
    const sealed = row[sealedName(column)];
    if (!Buffer.isBuffer(sealed)) continue;
    const place = { userId, table, group: typeof group === 'string' ? group : group(row), keyClass };
    try {
      const opened = Object.entries(await vault.open(em, place, sealed));
      fields.push(Object.fromEntries(opened.filter(([name]) => !withheld.includes(name))));
    } catch (error) {
      // What a destroyed key sealed is gone, for its user as well.
      if (!(error instanceof DataKeyMissing)) throw error;
    }
  }
  return Object.assign({}, ...fields) as JsonObject;
}

/** @throws Error for bytes, which are a secret or a hash: neither is for export */
function jsonOf(name: string, value: unknown): JsonValue {
  if (Buffer.isBuffer(value)) throw new Error(`${name} is bytes, and not for export`);
  if (value instanceof Date) return value.toISOString();
  return (value ?? null) as JsonValue;
}
