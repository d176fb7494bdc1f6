import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, staffOf, toldOf } from './admin-app.ts';
import { type Answer, approvalsOf, reason } from './approvals-under-test.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { ask, decide, rowOf, send } = approvalsOf(app);
const rounds = 20;

const rowsOf = (userId: string) =>
  app.database.query<{ id: string; status: string }>(
    'select id, status from admin.approvals where user_id = $1 order by id',
    [userId],
  );

describe('SR-71 what is asked for while the same waits', () => {
  test('is the same approval, whoever asks; the ledger is told of each time', async () => {
    const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    const id = await ask(userId, maker);
    expect(await ask(userId, maker)).toBe(id);
    const colleague = staffOf(app, 'compliance');
    expect(await ask(userId, colleague)).toBe(id);
    expect(await rowsOf(userId)).toEqual([{ id, status: 'pending' }]);
    const requested = (await toldOf(app, userId, 'audit')).filter(
      ({ data }) => data['action'] === 'admin.approval.requested',
    );
    expect(requested).toMatchObject([
      { data: { details: { approvalId: id } } },
      { data: { reason: 'already', actor: { id: maker.userId }, details: { approvalId: id } } },
      { data: { reason: 'already', actor: { id: colleague.userId }, details: { approvalId: id } } },
    ]);
    expect((await decide(id, 'approve', colleague)).status).toBe(204);
  });

  test('is another one for another act, other roles, another user, and once that is decided', async () => {
    const [userId, other] = [await knownUser(app, neighbours), await knownUser(app, neighbours)];
    const maker = staffOf(app, 'admin');
    const asked = async (answer: Promise<Answer>) => String((await answer).body['approvalId']);
    const ids = [
      await ask(userId, maker),
      await ask(other, maker),
      await asked(send('POST', `/users/${userId}/close`, maker, { reason })),
      await asked(send('PUT', `/users/${userId}/roles`, maker, { roles: ['support'], reason })),
      await asked(send('PUT', `/users/${userId}/roles`, maker, { roles: ['compliance'], reason })),
    ];
    await decide(ids[0] ?? '', 'reject');
    ids.push(await ask(userId, maker));
    expect(new Set(ids).size).toBe(6);
  });

  test('is another one once its time is over, though nobody has tidied it away', async () => {
    const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    const id = await ask(userId, maker);
    await app.database.query('update admin.approvals set expires_at = now() where id = $1', [id]);
    const again = await ask(userId, maker);
    expect(await rowsOf(userId)).toEqual([
      { id, status: 'expired' },
      { id: again, status: 'pending' },
    ]);
    expect(await toldOf(app, userId, 'audit')).toContainEqual(
      expect.objectContaining({
        data: expect.objectContaining({ action: 'admin.approval.expired', details: expect.anything() }),
      }),
    );
  });

  test('SR-73: of many at once one waits, and all have its id', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const userId = await knownUser(app, neighbours);
      const makers = [staffOf(app, 'admin'), staffOf(app, 'compliance')];
      const ids = winners(await raceOf(4, (number) => ask(userId, makers[number % 2])));
      expect(ids).toHaveLength(4);
      expect(await rowsOf(userId)).toEqual([{ id: ids[0], status: 'pending' }]);
      expect(new Set(ids).size).toBe(1);
    }
  }, 60_000);
});

describe('SR-71 what is asked for while the same is carried out', () => {
  test('waits by itself; the other is over when its owner refuses it', async () => {
    const [userId, checker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    const id = await ask(userId);
    let second = '';
    neighbours.before.set('setUserStatus', async () => {
      second = await ask(userId);
    });
    neighbours.refusals.set('setUserStatus', 'user.transition.illegal');
    expect((await decide(id, 'approve', checker)).status).toBe(409);
    expect(await rowsOf(userId)).toEqual([
      { id, status: 'rejected' },
      { id: second, status: 'pending' },
    ]);
    expect(await rowOf(second)).toMatchObject({ request: `signed.${second}.x` });
  });
});

test('SR-71: a row that says the same twice is refused by the database', async () => {
  const userId = await knownUser(app, neighbours);
  const id = await ask(userId);
  const copy = `insert into admin.approvals (id, action, user_id, payload, maker_id, note_id, request, status, created_at, expires_at)
    select $2, action, user_id, payload, maker_id, note_id, request, status, created_at, expires_at
      from admin.approvals where id = $1`;
  await expect(app.database.query(copy, [id, uuidv7()])).rejects.toMatchObject({
    constraint: 'approvals_pending_unique',
  });
});
