import { AppendRefusalReason, AppendRefusalSchema, AuditService } from '@bank/proto/audit';
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { chainOf, runningPlatform } from './platform.ts';

const admin = 'spiffe://bank/app/admin';

async function auditService(options: { slowMs?: number } = {}) {
  const platform = await runningPlatform(options);
  const client = await platform.client('audit', AuditService, admin);
  async function* sent(messages: readonly (readonly ReturnType<typeof chainOf>[number][])[]) {
    for (const entries of messages) yield { entries: [...entries] };
  }
  return {
    ...platform,
    append: (...messages: readonly (readonly ReturnType<typeof chainOf>[number][])[]) => client.append(sent(messages)),
    behave: (behaviour: string) =>
      fetch(platform.at('/api/audit/behaviour'), { method: 'PUT', body: JSON.stringify({ behaviour }) }),
  };
}

async function refusalOf(call: Promise<unknown>) {
  const error = ConnectError.from(await call.catch((reason: unknown) => reason));
  const [detail] = error.findDetails(AppendRefusalSchema);
  return { code: error.code, reason: detail?.reason, position: detail?.position, head: detail?.head?.position };
}

describe('AuditService.Append', () => {
  test('takes entries in their order and tells where each shard stands', async () => {
    const { append, json } = await auditService();
    const [three, five] = [chainOf(3, 4), chainOf(5, 2)];
    const { heads } = await append([...three.slice(0, 2), ...five], three.slice(2));
    expect(heads.map(({ shard, position }) => [shard, position])).toEqual([
      [3, 4n],
      [5, 2n],
    ]);
    expect(heads[0]?.hash).toEqual(three.at(-1)?.hash);
    const shown = await json('/api/audit?shard=3&limit=2');
    expect(shown).toMatchObject({ entries: 6, items: [{ position: 4, body: three[3]?.body }, { position: 3 }] });
  });

  test('takes what is there already as no error, and counts it once', async () => {
    const { append, json } = await auditService();
    await append(chainOf(1, 3));
    expect((await append(chainOf(1, 5))).heads[0]?.position).toBe(5n);
    expect(await json('/api/audit')).toMatchObject({ entries: 5 });
  });

  test('tells where the shards stand when nothing is sent', async () => {
    const { append } = await auditService();
    expect((await append()).heads).toEqual([]);
    await append(chainOf(15, 1));
    expect((await append()).heads.map(({ shard }) => shard)).toEqual([15]);
  });

  test('FAILED_PRECONDITION for a gap, and keeps what came before in the stream', async () => {
    const { append, json } = await auditService();
    const chain = chainOf(2, 6);
    const refused = append(chain.slice(0, 2), chain.slice(3));
    expect(await refusalOf(refused)).toEqual({
      code: Code.FailedPrecondition,
      reason: AppendRefusalReason.GAP,
      position: 4n,
      head: 2n,
    });
    expect(await json('/api/audit')).toMatchObject({ entries: 2 });
  });

  test('FAILED_PRECONDITION for another entry at a known place, and takes nothing of that message', async () => {
    const { append, json } = await auditService();
    await append(chainOf(2, 2));
    const other = append([...chainOf(4, 1), ...chainOf(2, 3, 'changed')]);
    expect(await refusalOf(other)).toMatchObject({ reason: AppendRefusalReason.CONFLICT, position: 1n, head: 2n });
    expect(await json('/api/audit')).toMatchObject({ entries: 2 });
  });

  test.each([
    ['a body that is not the hashed one', { body: '{}' }],
    ['a place in another shard', { shard: 7 }],
    ['a hash of nothing', { hash: new Uint8Array(32) }],
    ['a shard that does not exist', { shard: 16 }],
    ['position 0', { position: 0n }],
  ])('FAILED_PRECONDITION for %s', async (_what, change) => {
    const { append } = await auditService();
    const [entry] = chainOf(2, 1);
    const refused = append([{ ...entry, ...change } as ReturnType<typeof chainOf>[number]]);
    expect(await refusalOf(refused)).toMatchObject({ reason: AppendRefusalReason.BROKEN });
  });

  test('FAILED_PRECONDITION for an entry that does not go on from the one before', async () => {
    const { append } = await auditService();
    const [, second] = chainOf(2, 2, 'another past');
    await append(chainOf(2, 1));
    expect(await refusalOf(append(second === undefined ? [] : [second]))).toMatchObject({
      reason: AppendRefusalReason.BROKEN,
      position: 2n,
    });
  });

  test('is for admin alone', async () => {
    const platform = await runningPlatform();
    const device = await platform.client('audit', AuditService, 'spiffe://bank/app/device');
    const call = device.append((async function* () {})());
    expect(ConnectError.from(await call.catch((reason: unknown) => reason)).code).toBe(Code.PermissionDenied);
  });
});

describe('PUT /api/audit/behaviour', () => {
  test.each([
    ['down', Code.Unavailable, 0],
    ['refuse', Code.PermissionDenied, 0],
    ['mute', Code.Unavailable, 2],
  ])('%s fails with code %i, and has taken %i entries', async (behaviour, code, entries) => {
    const { append, behave, json } = await auditService();
    expect((await behave(behaviour)).status).toBe(204);
    const failure = ConnectError.from(await append(chainOf(0, 2)).catch((reason: unknown) => reason));
    expect([Code.Unavailable, Code.Aborted].includes(failure.code) ? Code.Unavailable : failure.code).toBe(code);
    expect(await json('/api/audit')).toMatchObject({ behaviour, entries });
    await behave('normal');
    expect((await append(chainOf(0, 2))).heads[0]?.position).toBe(2n);
  });

  test('slow answers after the set time', async () => {
    const { append, behave } = await auditService({ slowMs: 300 });
    await behave('slow');
    const began = performance.now();
    await append(chainOf(0, 1));
    expect(performance.now() - began).toBeGreaterThanOrEqual(300);
  });

  test('400 for what does not exist', async () => {
    const { behave } = await auditService();
    expect((await behave('asleep')).status).toBe(400);
  });
});

describe('DELETE /api/audit', () => {
  test('goes back to an earlier moment of one shard, or of all', async () => {
    const { append, at, json } = await auditService();
    await append([...chainOf(1, 4), ...chainOf(2, 4)]);
    expect((await fetch(at('/api/audit?shard=1&after=3'), { method: 'DELETE' })).status).toBe(204);
    expect(await json('/api/audit')).toMatchObject({ entries: 7 });
    await fetch(at('/api/audit'), { method: 'DELETE' });
    expect(await json('/api/audit')).toMatchObject({ entries: 0, heads: [] });
  });
});

test('the page shows what was taken, and what can be asked for', async () => {
  const { append, at } = await auditService();
  await append(chainOf(9, 3));
  expect(await (await fetch(at('/audit'))).text()).toContain('<tr><td>9</td><td>3</td>');
  expect(await (await fetch(at('/'))).text()).toContain('PUT /api/audit/behaviour');
});

test.each(['?shard=16', '?shard=x', '?shard=1&limit=501'])('400 for GET /api/audit%s', async (query) => {
  const { at } = await auditService();
  expect((await fetch(at(`/api/audit${query}`))).status).toBe(400);
});
