import { testEnvironment } from '@bank/composition/testing';
import { createMigrator } from '@bank/database';
import { Secret } from '@bank/domain';
import { expect, test } from 'vitest';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

test('the tables are what the entities say', async () => {
  const { database } = await testEnvironment({ service: 'profile', entities, migrations });
  const ownerUrl = new Secret(database.urlFor('profile_owner'));
  const migrator = await createMigrator({ ownerUrl, schema: 'profile', entities, migrations });
  expect(await migrator.check()).toEqual([]);
  expect(await migrator.pending()).toEqual([]);
  await migrator.close();
});
