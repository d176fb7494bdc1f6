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

/** What the ledger is told of approvals that are over, in order. */
const expiredOf = async (userId: string) =>
  (await toldOf(app, userId, 'audit')).filter(({ data }) => data['action'] === 'admin.approval.expired');

describe('SR-71 what is asked for while the same waits', () => {
  test('is the same approval to its maker; the ledger is told of each time', async () => {
    const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    const id = await ask(userId, maker);
    expect(await ask(userId, maker)).toBe(id);
    expect(await rowsOf(userId)).toEqual([{ id, status: 'pending' }]);
    const requested = (await toldOf(app, userId, 'audit')).filter(
      ({ data }) => data['action'] === 'admin.approval.requested',
    );
    expect(requested).toMatchObject([
      { data: { details: { approvalId: id } } },
      { data: { reason: 'already', actor: { id: maker.userId }, details: { approvalId: id } } },
    ]);
    expect((await decide(id, 'approve')).status).toBe(204);
  });

  test('by another maker takes its place, and the ledger is told', async () => {
    const [userId, maker, colleague] = [
      await knownUser(app, neighbours),
      staffOf(app, 'admin'),
      staffOf(app, 'compliance'),
    ];
    const [id, newer] = [await ask(userId, maker), await ask(userId, colleague)];
    expect(await rowsOf(userId)).toEqual([
      { id, status: 'expired' },
      { id: newer, status: 'pending' },
    ]);
    expect(await rowOf(newer)).toMatchObject({ maker_id: colleague.userId, request: `signed.${newer}.x` });
    const details = { approvalId: id, action: 'user.suspend', was: 'pending', supersededBy: newer };
    expect(await expiredOf(userId)).toMatchObject([{ data: { actor: { id: colleague.userId }, details } }]);
    expect(await decide(id, 'approve')).toMatchObject({ status: 409, body: { code: 'approval.expired' } });
    expect((await decide(newer, 'approve', maker)).status).toBe(204);
  });

  test('later takes its place, whoever asks: what it is about may have changed since', async () => {
    const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    const id = await ask(userId, maker);
    await app.database.query(
      "update admin.approvals set created_at = created_at - interval '61 seconds' where id = $1",
      [id],
    );
    const newer = await ask(userId, maker);
    expect(await rowsOf(userId)).toEqual([
      { id, status: 'expired' },
      { id: newer, status: 'pending' },
    ]);
    expect((await decide(newer, 'approve')).status).toBe(204);
  });

  test('more than once, as a release before this one leaves it, takes the place of all', async () => {
    const [userId, copy] = [await knownUser(app, neighbours), uuidv7()];
    const id = await ask(userId);
    await app.database.query(
      `insert into admin.approvals
         (id, action, user_id, payload, maker_id, note_id, request, status, created_at, expires_at)
       select $2, action, user_id, payload, maker_id, note_id, request, status, created_at, expires_at
         from admin.approvals where id = $1`,
      [id, copy],
    );
    const newer = await ask(userId);
    const rows = await rowsOf(userId);
    expect(rows).toHaveLength(3);
    expect(rows.filter(({ status }) => status === 'pending')).toEqual([{ id: newer, status: 'pending' }]);
    expect(await expiredOf(userId)).toHaveLength(2);
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
    expect(await expiredOf(userId)).toMatchObject([{ data: { details: { approvalId: id } } }]);
  });

  test('SR-73: of many at once one waits: to one maker it is the same, of several makers the last', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const userId = await knownUser(app, neighbours);
      const makers = [staffOf(app, 'admin'), staffOf(app, 'compliance')].slice(round % 2);
      const ids = winners(await raceOf(4, (number) => ask(userId, makers[number % makers.length])));
      const [rows, kept] = [await rowsOf(userId), new Set(ids)];
      expect(ids).toHaveLength(4);
      expect(rows.filter(({ status }) => status === 'pending')).toHaveLength(1);
      expect(rows.map(({ id }) => id)).toEqual([...kept].toSorted());
      if (makers.length === 1) expect(kept.size).toBe(1);
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

  test('SR-73: at the moment its owner refuses, waits alone; the checker is told of the refusal', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
      const id = await ask(userId, maker);
      // Both have come to where the one is put back and the other kept.
      const [refusing, signing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      neighbours.before.set('setUserStatus', async () => {
        refusing.resolve();
        await signing.promise;
      });
      neighbours.before.set('signApproval', async () => {
        signing.resolve();
        await refusing.promise;
      });
      neighbours.refusals.set('setUserStatus', 'user.transition.illegal');
      const asker = round % 2 === 0 ? maker : staffOf(app, 'compliance');
      const deciding = decide(id, 'approve');
      await refusing.promise;
      const asked = await ask(userId, asker);
      expect(await deciding).toMatchObject({ status: 409, body: { code: 'user.transition.illegal' } });
      const waiting = (await rowsOf(userId)).filter(({ status }) => status === 'pending');
      expect(waiting).toEqual([{ id: asked, status: 'pending' }]);
      neighbours.before.clear();
    }
  }, 60_000);
});
