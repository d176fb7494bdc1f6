import { testGrowth, trimTables } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { expect, test } from 'vitest';
import { growth } from '#storage/growth.ts';
import { ownDeviceApp } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await ownDeviceApp();

testGrowth(app, growth);

async function givenRemoved(userId: string, weeksAgo: number): Promise<string> {
  const id = await givenDevice(app.ctx, userId);
  const removedAt = new Date(Date.now() - weeksAgo * 7 * 86_400_000);
  await app.database.query('update device.devices set removed_at = $2 where id = $1', [id, removedAt]);
  return id;
}

test('removed devices go after 60 weeks, but for the last trace that a user had one', async () => {
  const [userId, gone] = [uuidv7(), uuidv7()];
  await givenRemoved(userId, 61);
  const recent = await givenRemoved(userId, 59);
  const live = await givenDevice(app.ctx, userId);
  await givenRemoved(gone, 61);
  const last = await givenRemoved(gone, 61);
  await trimTables(app.ctx, growth);
  const ids = async (user: string) => {
    const sql = 'select id from device.devices where user_id = $1 order by id';
    return (await app.database.query<{ id: string }>(sql, [user])).map(({ id }) => id);
  };
  expect(await ids(userId)).toEqual([recent, live]);
  expect(await ids(gone)).toEqual([last]);
});
