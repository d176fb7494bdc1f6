import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { accountOf } from '#load/account.ts';
import type { Actor } from '#load/actions/action.ts';
import { nameDevice } from '#load/actions/name-device.ts';
import type { Staff } from '#load/staff.ts';
import { seeded } from '#random.ts';
import { clientOf } from './gateway.ts';

const person = {
  ...{ userId: 'u', email: 'ada@example.com', password: 'p', device: { id: 'd', secret: 's' } },
  ...{ sessionId: 'i', accessToken: 'a', refreshToken: 'r' },
};

/** A user's device behind a gateway, whose row a test may change, and a client that names it. */
async function namedDevice() {
  const row = { name: null as string | null, version: 1 };
  /** What becomes of changes: without an answer they may have been made or not. */
  const gateway = { isAnswering: true, isChanging: true };
  const { url, client, journal } = await clientOf(async (request, response) => {
    if (request.method === 'PATCH') {
      const { name } = (await json(request)) as { name: string };
      if (gateway.isChanging) Object.assign(row, { name, version: row.version + 1 });
      if (!gateway.isAnswering) request.socket.destroy();
    }
    response.writeHead(200, { etag: `"${row.version}"` }).end(JSON.stringify({ name: row.name }));
  });
  const account = accountOf(person);
  const actor: Actor = { client, journal, random: seeded(1), inboxUrl: url, staff: {} as Staff, accounts: [account] };
  return { row, gateway, journal, nameIt: () => nameDevice(actor, account) };
}

test('a name that a client was told is noted with the version that it made', async () => {
  const { journal, nameIt } = await namedDevice();
  await nameIt();
  await nameIt();
  expect(journal.acknowledged).toMatchObject([
    { kind: 'device', userId: 'u', deviceId: 'd', version: 2 },
    { kind: 'device', userId: 'u', deviceId: 'd', version: 3 },
  ]);
  expect(journal.complaints).toEqual([]);
});

test.each([true, false])('a name that was asked for without an answer may stand or not: %s', async (isChanging) => {
  const { gateway, journal, nameIt } = await namedDevice();
  await nameIt();
  Object.assign(gateway, { isAnswering: false, isChanging });
  await nameIt();
  Object.assign(gateway, { isAnswering: true, isChanging: true });
  await nameIt();
  expect(journal.acknowledged).toHaveLength(2);
  expect(journal.complaints).toEqual([]);
});

test.each([null, 'another'])('a client complains when it was told a name and sees %s', async (name) => {
  const { row, journal, nameIt } = await namedDevice();
  await nameIt();
  row.name = name;
  await nameIt();
  expect(journal.complaints).toEqual(['device d of u: an acknowledged name is gone']);
});
