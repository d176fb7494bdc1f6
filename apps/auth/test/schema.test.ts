import { describe, expect, it } from 'vitest';
import { authDatabase, authMigrator } from './support/database.ts';

describe('the schema', () => {
  it('is what the entities say', async () => {
    const database = await authDatabase();
    const migrator = await authMigrator(database.adminUrl);
    expect(await migrator.check()).toEqual([]);
    expect(await migrator.pending()).toEqual([]);
    await migrator.close();
  });
});
