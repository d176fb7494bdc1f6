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

  it('SR-10 begins without a user that could sign in', async () => {
    const database = await authDatabase();
    expect(await database.query('select id from auth.users union all select user_id from auth.credentials')).toEqual(
      [],
    );
    const clients = await database.query('select id from auth.clients order by id');
    expect(clients.map(({ id }) => id)).toEqual(['browser', 'mobile', 'staff-console', 'staff-enrolment', 'web']);
  });
});
