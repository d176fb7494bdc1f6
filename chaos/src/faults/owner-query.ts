import type { AppName, Stack } from '@bank/scripts/stack';
import { queryOnce } from '@bank/test-bed';

/** One statement as the owner of an app's schema. */
export async function ownerQuery({ owners }: Stack, app: AppName, sql: string): Promise<void> {
  const { url, caFile } = owners[app];
  await queryOnce({ DATABASE_URL: url, DATABASE_CA_FILE: caFile }, sql);
}
