import { request } from '@bank/composition/testing';
import { type Role, uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { adminApp } from './admin-app.ts';
import { entryAbout } from './entries.ts';

const app = adminApp();
const dayMs = 86_400_000;

function staff(changes: { userId?: string; roles?: readonly Role[]; acr?: 'aal1' | 'aal2' } = {}): string {
  return app.issuer.token({ audience: 'user-service-staff', roles: ['compliance'], acr: 'aal2', ...changes });
}

function search(query: Record<string, string>, token = staff()) {
  return request(app.service, 'GET', `/v1/admin/audit?${new URLSearchParams(query)}`, { token });
}

interface Page {
  items: { entry: { id: string }; position: number; hash: string; previousHash: string }[];
  nextCursor: string | null;
}

describe('GET /v1/admin/audit', () => {
  test('200: what happened to somebody, newest first, with its place in the chain', async () => {
    const subject = uuidv7();
    const entries = [entryAbout(subject), entryAbout(subject)];
    await appendEntries(app.ctx, [...entries, entryAbout(uuidv7())]);
    const { status, body } = await search({ subject });
    expect(status).toBe(200);
    const { items, nextCursor } = body as Page;
    expect(items.map(({ entry }) => entry.id)).toEqual(entries.map(({ id }) => id).toReversed());
    expect(items[0]).toMatchObject({ entry: { subject, source: 'profile', details: { version: 2 } }, version: 1 });
    expect(items[0]?.previousHash).toBe(items[1]?.hash);
    expect(nextCursor).toBeNull();
  });

  test('200: what somebody did, of one action, page after page', async () => {
    const actorId = uuidv7();
    const own = [1, 2, 3].map(() => ({ ...entryAbout(uuidv7()), actor: { kind: 'user', id: actorId } }));
    const other = { ...entryAbout(uuidv7(), { action: 'profile.read' }), actor: { kind: 'user', id: actorId } };
    await appendEntries(app.ctx, [...own, other]);
    const token = staff();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query = { actorId, action: 'profile.updated', limit: '2', ...(cursor !== null && { cursor }) };
      const page = (await search(query, token)).body as Page;
      seen.push(...page.items.map(({ entry }) => entry.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(own.map(({ id }) => id).toReversed());
  });

  test('200: what happened in a time, by the time and not by the id', async () => {
    const at = Date.UTC(2026, 2, 10);
    const subject = uuidv7();
    const late = entryAbout(subject, { id: uuidv7(at + 1000), occurredAt: new Date(at - 3600_000) });
    const early = entryAbout(subject, { id: uuidv7(at - 1000), occurredAt: new Date(at) });
    await appendEntries(app.ctx, [late, early]);
    const found = await search({ from: new Date(at).toISOString(), to: new Date(at + dayMs).toISOString() });
    expect((found.body as Page).items.map(({ entry }) => entry.id)).toEqual([early.id]);
  });

  test('SR-86: the search is recorded, with what was searched for', async () => {
    const [subject, userId] = [uuidv7(), uuidv7()];
    await search({ subject, action: 'profile.updated', from: '2026-11-01T00:00:00Z' }, staff({ userId }));
    const rows = await app.database.query<{ data: unknown }>('select data from admin.outbox where subject = $1', [
      subject,
    ]);
    expect(rows).toMatchObject([
      {
        data: {
          action: 'audit.searched',
          actor: { kind: 'ACTOR_KIND_USER', id: userId, roles: ['compliance'] },
          details: { subject, action: 'profile.updated', from: '2026-11-01T00:00:00.000Z' },
        },
      },
    ]);
  });
});

describe('who may search', () => {
  const query = { subject: uuidv7() };

  test('401: nobody without a token of the staff audience', async () => {
    expect((await request(app.service, 'GET', '/v1/admin/audit')).status).toBe(401);
    const customer = app.issuer.token({ roles: ['admin'], acr: 'aal2' });
    expect((await search(query, customer)).status).toBe(401);
  });

  test.each<Role[]>([['support'], ['customer']])('403: not %s', async (role) => {
    const answer = await search(query, staff({ roles: [role] }));
    expect(answer).toMatchObject({ status: 403, body: { code: 'access.forbidden' } });
  });

  test('SR-72, 403: nobody at aal1, who is told what to do', async () => {
    const answer = await search(query, staff({ acr: 'aal1' }));
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal2' } });
  });

  test.each<Role[]>([['compliance'], ['admin']])('200: %s', async (role) => {
    expect((await search(query, staff({ roles: [role] }))).status).toBe(200);
  });
});

describe('422: a search', () => {
  const from = '2026-10-01T00:00:00Z';
  const ruleOf = async (query: Record<string, string>) => {
    const { status, body } = await search(query);
    return { status, errors: (body as { errors: unknown }).errors };
  };

  test.each([
    ['for nothing in particular', {}, 'from', 'range_31_days'],
    ['without an end', { from }, 'from', 'range_31_days'],
    ['over more than 31 days', { from, to: '2026-11-01T00:00:01Z' }, 'from', 'range_31_days'],
    ['that ends before it begins', { from, to: '2026-09-30T00:00:00Z' }, 'to', 'after_from'],
    ['until a time that is none', { from, to: 'x' }, 'to', 'iso_timestamp'],
    ['from a day that is none', { from: '2024-02-30T00:00:00Z', to: '2024-03-02T00:00:00Z' }, 'from', 'calendar_date'],
    ['in a time before computers', { from: '0000-01-01T00:00:00Z', to: from }, 'from', 'plausible_time'],
    ['SR-83: for an address', { subject: 'ada@example.com' }, 'subject', 'identifier'],
    ['by another column', { subject: 'a', orderBy: 'hash' }, 'orderBy', 'unknown_field'],
  ])('%s', async (_name, query, path, rule) => {
    const { errors, status } = await ruleOf(query);
    expect(status).toBe(422);
    expect(errors).toContainEqual({ path, rule });
  });

  test('SR-74: with the cursor of a colleague', async () => {
    const subject = uuidv7();
    await appendEntries(app.ctx, [entryAbout(subject), entryAbout(subject)]);
    const { nextCursor } = (await search({ subject, limit: '1' })).body as Page;
    expect(await ruleOf({ subject, cursor: nextCursor ?? '' })).toMatchObject({ status: 422 });
  });

  test('SR-74: with the cursor of another search', async () => {
    const [subject, token] = [uuidv7(), staff()];
    await appendEntries(app.ctx, [entryAbout(subject), entryAbout(subject)]);
    const { nextCursor } = (await search({ subject, limit: '1' }, token)).body as Page;
    const cursor = nextCursor ?? '';
    const others = [{ subject: uuidv7() }, { subject, action: 'profile.updated' }, { subject, from }];
    for (const query of others) expect((await search({ ...query, cursor }, token)).status).toBe(422);
    expect((await search({ subject, cursor, limit: '50' }, token)).status).toBe(200);
  });

  test('200: over 31 days exactly', async () => {
    expect((await search({ from, to: '2026-11-01T00:00:00Z' })).status).toBe(200);
  });
});
