import { describe, expect, it } from 'vitest';
import { register, signIn } from './support/accounts.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

/** What `device` is told of the device of a user's last sign-in. */
async function toldOf(userId: string) {
  const [row] = await auth.database.query<{ data: { deviceModel?: string; appVersion?: string } }>(
    `select data from auth.outbox where subject = $1 and type = 'auth.sign_in_succeeded.v1' order by id desc limit 1`,
    [userId],
  );
  return row?.data;
}

describe('SR-85 what a client tells about its device', () => {
  it.each([
    ['SM-S918B', 'SM-S918B'],
    ['iPhone15,2', 'iPhone15,2'],
    ['moto g(60)', 'moto g(60)'],
    ['AT&T  Calypso', 'ATT Calypso'],
    ['ada@mail.example <b>', 'adamail.example b'],
    ['📱\u202E\n', ''],
  ])('the model %j is told as %j', async (model, told) => {
    const account = await register(auth);
    const device = { model, appVersion: '1.2.3-rc+4"', platform: 'android' };
    expect((await signIn(auth, account, { device })).status).toBe(200);
    const data = await toldOf(account.id);
    expect([data?.deviceModel, data?.appVersion]).toEqual([told, '1.2.3-rc+4']);
  });

  it('its name is told to nobody', async () => {
    const account = await register(auth);
    const name = 'Canary4711';
    expect((await signIn(auth, account, { device: { name } })).status).toBe(200);
    const left = await auth.database.query('select * from auth.outbox');
    expect(JSON.stringify(left)).not.toContain(name);
  });

  it.each([
    ['model', 'x'.repeat(65)],
    ['appVersion', 'x'.repeat(33)],
    ['name', 'x'.repeat(65)],
  ])('422 for a %s that is too long', async (field, value) => {
    const { status, body } = await signIn(auth, await register(auth), { device: { [field]: value } });
    expect([status, body.errors]).toEqual([422, [{ path: `device.${field}`, rule: 'max_length' }]]);
  });
});
