import { actorOf, request } from '@bank/composition/testing';
import { parse, UserIdSchema, uuidv7 } from '@bank/domain';
import { MessageCategory, MessageChannel, ProfileService } from '@bank/proto/profile';
import { type TestProxy, testProxy, until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { readSettings } from '#features/settings/read-settings.ts';
import { updateSettings } from '#features/settings/update-settings.ts';
import { admin, auth, ownProfileApp, tools } from './profile-app.ts';

const app = ownProfileApp();

function givenUser() {
  const userId = parse(UserIdSchema, uuidv7());
  return { userId, token: app.issuer.token({ userId }) };
}

async function patch(token: string, body: unknown, version: number): Promise<void> {
  const headers = { 'if-match': `"v${version}"` };
  const answer = await request(app.service, 'PATCH', '/v1/settings', { token, body, headers });
  expect(answer.status).toBe(200);
}

async function settingsOf(userId: string, caller = auth) {
  const { settings } = await (await app.client(ProfileService, caller)).getSettings({ userId });
  if (settings === undefined) throw new Error('no settings');
  return settings;
}

describe('GetSettings', () => {
  test('shows the defaults for whom nothing was written, and no language that nobody knows', async () => {
    const { userId } = givenUser();
    const settings = await settingsOf(userId);
    expect(settings).toMatchObject({ userId, version: 0n, language: '', timeZone: 'UTC' });
    expect(settings.quietHours).toBeUndefined();
    expect(settings.notifications).toHaveLength(15);
    const security = settings.notifications.filter(({ category }) => category === MessageCategory.SECURITY);
    expect(security.map(({ enabled }) => enabled)).toEqual([true, true, true]);
  });

  test('SR-66: shows the fields that are listed for the caller, and no others', async () => {
    const { userId, token } = givenUser();
    await patch(token, { language: 'de', currency: 'NGN', quietHours: { from: '22:00', to: '07:00' } }, 0);
    expect(await settingsOf(userId)).toMatchObject({ language: 'de', currency: '', quietHours: { from: '22:00' } });
    expect((await settingsOf(userId)).privacy).toBeUndefined();
    const bare = await settingsOf(userId, tools);
    expect(bare).toMatchObject({ userId, version: 1n, language: '', timeZone: '', notifications: [] });
    expect(bare.quietHours).toBeUndefined();
  });

  test('SR-68: answers no app that the caller table does not list for it', async () => {
    const refused = { cause: { rawMessage: 'The calling service may not use this method.' } };
    await expect(settingsOf(uuidv7(), admin)).rejects.toMatchObject(refused);
    await expect(settingsOf('nobody')).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('shows a change at once', async () => {
    const { userId, token } = givenUser();
    for (let version = 0; version < 8; version += 1) {
      const enabled = version % 2 === 1;
      await patch(token, { notifications: { email: { product: enabled } } }, version);
      const { notifications, version: seen } = await settingsOf(userId);
      expect(seen).toBe(BigInt(version + 1));
      expect(notifications).toContainEqual(
        expect.objectContaining({ channel: MessageChannel.EMAIL, category: MessageCategory.PRODUCT, enabled }),
      );
    }
  });

  test('is answered from the cache, and by nothing older than what was written', async () => {
    const { userId, token } = givenUser();
    await patch(token, { language: 'de' }, 0);
    const older = await app.ctx.settingsCache.get(userId);
    expect(older).toMatchObject({ version: 1, language: 'de' });
    if (older === undefined) throw new Error('nothing is kept');
    // A cache that is late on a busy machine is passed over, and what was read instead is kept: so it is planted again.
    await until(async () => {
      await app.ctx.settingsCache.put({ ...older, language: 'xx' });
      return (await settingsOf(userId)).language === 'xx';
    });
    await patch(token, { language: 'fr' }, 1);
    // Whoever had read the older one before it was replaced comes late.
    await app.ctx.settingsCache.put(older);
    expect(await settingsOf(userId)).toMatchObject({ version: 2n, language: 'fr' });
  });
});

describe('GetSettings beside another process that lost its Redis', () => {
  let proxy: TestProxy;
  let other: AppContext;

  beforeAll(async () => {
    proxy = await testProxy(app.env['REDIS_URL'] ?? '');
    other = await createContext(loadConfig({ ...app.env, REDIS_URL: proxy.url }));
    await until(() => other.redis.isReady());
    await proxy.cut();
    await until(() => !other.redis.isReady());
  });

  afterAll(async () => {
    await other.database.close();
    await other.redis.close();
    other.keyrings.close();
    await proxy.close();
  });

  test('shows what that one wrote within a second', async () => {
    const { userId, token } = givenUser();
    await patch(token, { language: 'de' }, 0);
    expect(await settingsOf(userId)).toMatchObject({ language: 'de' });
    await updateSettings(other, actorOf(userId), { version: 1, patch: { language: 'fr' } });
    await until(async () => (await settingsOf(userId)).language === 'fr', { deadlineMs: 1000, everyMs: 20 });
  });

  test('reads Postgres there, and never fails', async () => {
    const { userId, token } = givenUser();
    await patch(token, { language: 'de' }, 0);
    const service = { kind: 'service', name: 'auth' } as const;
    const fields = new Set(['language']);
    expect(await readSettings(other, service, { userId, fields })).toMatchObject({ version: 1, language: 'de' });
  });
});
