import { describe, expect, it } from 'vitest';
import { checkTransactions } from '#checks/access/transactions.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const feature = 'apps/device/src/features/device/remove-device.ts';

const storage = {
  'apps/device/src/storage/device.repository.ts': `
    const removal = 'delete from device.devices where id = ?';
    export class DeviceRepository extends Repository {
      touch(id) { const row = this.row('update device.devices set seen_at = now() where id = ?', [id]); return row; }
      find(id) { return this.row('select id from device.devices where id = ? for update', [id]); }
      rename(id, name) { return this.affected(\`update device.devices set name = ? where id = ?\`, [name, id]); }
      remove(id) { return this.row(removal, [id]); }
      removeAll(ids) { return Promise.all(ids.map((id) => this.remove(id))); }
    }`,
  'apps/device/src/context.ts': 'const repositories = (em) => ({ devices: new DeviceRepository(em) });',
};

async function messagesOf(text: string, file = feature): Promise<readonly string[]> {
  const problems = await inWorkspace({ ...storage, [file]: text }, checkTransactions);
  return problems.map((problem) => problem.message);
}

describe('what a transaction is given', () => {
  it.each([
    ['an object', `withTransaction(ctx, { who, audits: ['device.removed'] }, async (tx) => {});`],
    ['a reason not to audit', `withTransaction(ctx, { who: allow.system('x'), unaudited: 'counts only' }, work);`],
    [
      'a constant',
      `const access = { who: allow.system('x'), audits: [] } as const;\nwithTransaction(ctx, access, work);`,
    ],
  ])('may be %s', async (_, text) => {
    expect(await messagesOf(text)).toEqual([]);
  });

  it.each([
    ['who', `withTransaction(ctx, { audits: [] }, work);`, 'says not who may'],
    ['what is audited', `withTransaction(ctx, { who }, work);`, 'says not what is audited'],
    ['who, of a statement by itself', `withStatement(ctx, { unaudited: 'counts only' }, work);`, 'says not who may'],
    ['one of audits and unaudited', `withTransaction(ctx, { who, audits, unaudited: 'x' }, work);`, 'either `audits`'],
    ['anything', `withTransaction(ctx, work);`, 'as an object'],
    ['an object that can be read', `withTransaction(ctx, accessOf(ctx), work);`, 'as an object'],
  ])('must say %s', async (_, text, message) => {
    expect(await messagesOf(text)).toEqual([expect.stringContaining(message)]);
  });
});

describe('another way into a transaction', () => {
  it.each([
    `em.transactional(async () => {});`,
    `await ctx.em.begin();`,
    `await this.em.getConnection().begin();`,
    `await client.query('BEGIN');`,
    `await this.rows('begin isolation level serializable');`,
    'await client.query(`start transaction read only`);',
  ])('fails: %s', async (text) => {
    expect(await messagesOf(text)).toEqual([expect.stringContaining('opens a transaction by itself')]);
    expect(await messagesOf(text, 'packages/messaging/src/relay.ts')).toHaveLength(1);
  });

  it.each([`await store.begin(scope, hash);`, `const state = 'begin';`, `log('beginning');`, `await cache.commit();`])(
    'leaves alone: %s',
    async (text) => {
      expect(await messagesOf(text)).toEqual([]);
    },
  );

  it('is open to packages/database and to tests', async () => {
    const text = `em.transactional(async () => {});`;
    expect(await messagesOf(text, 'packages/database/src/unit-of-work.ts')).toEqual([]);
    expect(await messagesOf(text, 'apps/device/src/features/device/policies.test.ts')).toEqual([]);
  });
});

describe('a write of a feature', () => {
  it.each([
    `await withStatement(ctx, { who, unaudited: 'counts only' }, ({ devices }) => devices.touch(id));`,
    `await withStatement(ctx, { who, unaudited: 'counts only' }, (at) => at.devices.touch(id));`,
  ])('may be a transaction of its own: %s', async (text) => {
    expect(await messagesOf(text)).toEqual([]);
  });

  it.each(['rename', 'touch', 'remove', 'removeAll'])('fails on the context: %s', async (method) => {
    expect(await messagesOf(`await ctx.devices.${method}(id);`)).toEqual([
      `ctx.devices.${method} writes outside a transaction: call it on the tx of withTransaction`,
    ]);
  });

  it.each([
    ['at once', 'await readerOf(ctx).devices.remove(id);', 'readerOf(ctx).devices.remove'],
    ['by its name', 'const reader = readerOf(ctx); await reader.devices.remove(id);', 'reader.devices.remove'],
    ['taken apart', 'const { devices } = readerOf(ctx); await devices.remove(id);', 'devices.remove'],
    ['taken apart by another name', 'const { devices: all } = ctx; await all.remove(id);', 'all.remove'],
    [
      'taken apart later',
      'const reader = readerOf(ctx); const { devices } = reader; await devices.rename();',
      'devices.rename',
    ],
    ['by the name of a repository', 'const own = readerOf(ctx).devices; await own.touch(id);', 'own.touch'],
  ])('fails on a reader, used %s', async (_, text, call) => {
    expect(await messagesOf(`async function change(ctx, id) { ${text} }`)).toEqual([
      `${call} writes outside a transaction: call it on the tx of withTransaction`,
    ]);
  });

  it.each([
    ['factor-types/paper-code/enrol-paper-code.ts', 1],
    ['factor-types/paper-code/storage/paper-code.repository.ts', 0],
    ['factor-types/paper-code/transport/routes.ts', 0],
  ])('is looked for in a kind of factors: %s', async (file, found) => {
    expect(await messagesOf('await ctx.devices.remove(id);', `apps/device/src/${file}`)).toHaveLength(found);
  });

  it('is done on what a transaction gives, whatever a reader is called elsewhere', async () => {
    const text = `
      function read(ctx) { const { devices } = readerOf(ctx); return devices.find(); }
      function write(tx) { const { devices } = tx; return devices.remove(); }
      const devices = (tx) => tx.devices; devices.remove();`;
    expect(await messagesOf(text)).toEqual([]);
  });

  it('is done on the transaction, while reads need none', async () => {
    const text = `await ctx.devices.find(id); withTransaction(ctx, { who, audits }, (tx) => tx.devices.remove(id));`;
    expect(await messagesOf(text)).toEqual([]);
  });
});
