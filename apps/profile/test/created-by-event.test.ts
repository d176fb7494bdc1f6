import { publishEvents, request, untilDeadLettered } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, UserActivatedSchema } from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { profileApp } from './profile-app.ts';

const app = profileApp();

function activated(userId: string) {
  const facts = { userId, roles: ['customer'], activatedAt: timestampNow() };
  return { id: uuidv7(), subject: userId, ...encodeEvent(UserActivatedSchema, facts) };
}

/** The user's profile, once it is there. */
function profileOf(token: string): Promise<unknown> {
  return until(async () => {
    const { body, status } = await request(app.service, 'GET', '/v1/profile', { token });
    return status === 200 ? body : undefined;
  });
}

describe('user.activated.v1', () => {
  test('gives the user an empty profile, which the ledger is told of', async () => {
    const userId = uuidv7();
    await publishEvents(app, 'auth', [activated(userId)]);
    expect(await profileOf(app.issuer.token({ userId }))).toMatchObject({ userId, givenName: null });
    const rows = await app.database.query("select data->>'action' as action from profile.outbox where subject = $1", [
      userId,
    ]);
    expect(rows).toEqual([{ action: 'profile.created' }]);
  });

  test('SR-89: a second time, as the same message or another, changes nothing', async () => {
    const userId = uuidv7();
    const token = app.issuer.token({ userId });
    const message = activated(userId);
    await publishEvents(app, 'auth', [message]);
    await profileOf(token);
    await request(app.service, 'PATCH', '/v1/profile', {
      token,
      body: { givenName: 'Ada' },
      headers: { 'if-match': '"v1"' },
    });
    const another = activated(userId);
    await publishEvents(app, 'auth', [message, another]);
    const handled = () => app.database.query('select 1 from profile.inbox where message_id = $1', [another.id]);
    await until(async () => (await handled()).length === 1 && (await app.broker.depth('profile.events')) === 0);
    expect(await profileOf(token)).toMatchObject({ givenName: 'Ada' });
  });

  test('of nobody goes to the dead letters', async () => {
    await publishEvents(app, 'auth', [{ ...activated(uuidv7()), data: { userId: 'nobody' } }]);
    await untilDeadLettered(app, 'profile.events');
  });
});
