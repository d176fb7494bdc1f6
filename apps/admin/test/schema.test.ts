import { testEnvironment } from '@bank/composition/testing';
import { createMigrator } from '@bank/database';
import { Secret } from '@bank/domain';
import { beginning } from '@bank/testing';
import { expect, test } from 'vitest';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

// Tables of another release may be more than this one's entities say.
test.runIf(beginning() === undefined)('the tables are what the entities say', async () => {
  const { database } = await testEnvironment({ service: 'admin', entities, migrations });
  const ownerUrl = new Secret(database.urlFor('admin_owner'));
  const migrator = await createMigrator({ ownerUrl, schema: 'admin', entities, migrations });
  expect(await migrator.check()).toEqual([]);
  expect(await migrator.pending()).toEqual([]);
  await migrator.close();
});
