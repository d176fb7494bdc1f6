import { randomUUID } from 'node:crypto';
import { allow, systemIds, type UserActor, type UserId } from '@bank/domain';
import { requestContext } from '@bank/observability';
import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type Access, openDelivery, readerOf, TransactionOver, withTransaction } from '#index.ts';
import {
  deliveryKeys,
  openShop,
  type ShopContext,
  unaudited,
  Widget,
  WidgetRepository,
  widgetMade,
} from './fixture.ts';

const { ctx, postgres } = await openShop();

const audited: Access = { who: allow.system('test'), audits: ['user.created'] };
const created = (subject: string) => ({ action: 'user.created', subject, outcome: 'success' }) as const;

async function outboxOf(subject: string) {
  return postgres.query<{ destination: string; data: Record<string, unknown> }>(
    'select id, destination, type, subject, sequence::int, data, request_id, traceparent from shop.outbox where subject = $1 order by id',
    [subject],
  );
}

/** What a feature looks like: it may be called alone, or within somebody else's transaction. */
function addWidget(target: ShopContext, id: string): Promise<void> {
  return withTransaction(target, unaudited, async (tx) => {
    await tx.widgets.add(id);
    await tx.emit(widgetMade(id));
  });
}

describe('commit and rollback', () => {
  it('commits changes and outbox rows together', async () => {
    const id = systemIds.next();
    await addWidget(ctx, id);
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(0);
    expect(await outboxOf(id)).toMatchObject([{ destination: 'events', type: 'widget.made.v1', sequence: 1 }]);
  });

  it('keeps neither when the work throws', async () => {
    const id = systemIds.next();
    const failing = withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      await tx.emit(widgetMade(id));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
    expect(await outboxOf(id)).toEqual([]);
  });

  it('keeps no change when an outbox row cannot be written', async () => {
    const id = systemIds.next();
    const failing = withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      await tx.emit({ ...widgetMade(id), data: { text: 'a NUL \u0000 is not jsonb' } });
    });
    await expect(failing).rejects.toThrow('unsupported Unicode escape');
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('keeps what the work returned about an error that is thrown afterwards', async () => {
    const id = systemIds.next();
    const outcome = await withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      return { kind: 'refused' };
    });
    expect(outcome).toEqual({ kind: 'refused' });
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(0);
  });

  it('refuses whatever comes after the end, by statement, entity or outbox', async () => {
    const late = await withTransaction(ctx, unaudited, async (tx) => tx);
    await expect(late.emit(widgetMade(systemIds.next()))).rejects.toThrow(TransactionOver);
    await expect(late.widgets.add(systemIds.next())).rejects.toThrow(TransactionOver);
    await expect(late.em.findOne(Widget, { name: 'any' })).rejects.toThrow('the transaction is over');
  });

  it('does not pass a swallowed failure of a statement off as a commit', async () => {
    const id = systemIds.next();
    const swallowing = withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      await tx.widgets.add(id).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('nothing was committed');
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('takes statements side by side', async () => {
    const ids = Array.from({ length: 5 }, () => systemIds.next());
    await withTransaction(ctx, unaudited, async (tx) => {
      await Promise.all(ids.map((id) => tx.widgets.add(id)));
    });
    expect(await Promise.all(ids.map((id) => readerOf(ctx).widgets.countOf(id)))).toEqual([0, 0, 0, 0, 0]);
  });

  it('is not to be confused with a transaction of the entity manager', async () => {
    const id = systemIds.next();
    const foreign = ctx.database.fork().transactional((em) => new WidgetRepository(em).add(id));
    await expect(foreign).rejects.toThrow('open transactions with withTransaction');
    const nested = withTransaction(ctx, unaudited, (tx) => tx.em.transactional((em) => em.findOne(Widget, { id })));
    await expect(nested).rejects.toThrow('withTransaction');
  });
});

describe('joining', () => {
  it('runs what is called with the transaction inside of it', async () => {
    const [first, second] = [systemIds.next(), systemIds.next()];
    const failing = withTransaction(ctx, unaudited, async (tx) => {
      await addWidget(tx, first);
      await addWidget(tx, second);
      expect(await readerOf(tx).widgets.countOf(first)).toBe(0);
      expect(await readerOf(ctx).widgets.countOf(first)).toBeUndefined();
      throw new Error('the outer one fails');
    });
    await expect(failing).rejects.toThrow('the outer one fails');
    expect(await readerOf(ctx).widgets.countOf(first)).toBeUndefined();
    expect(await outboxOf(second)).toEqual([]);
  });

  it('commits nothing when a failure of the inner one is swallowed', async () => {
    const id = systemIds.next();
    const swallowing = withTransaction(ctx, unaudited, async (tx) => {
      await addWidget(tx, id);
      const failing = withTransaction(tx, unaudited, () => Promise.reject(new Error('the inner one fails')));
      await failing.catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({
      message: 'a transaction cannot be committed after one that joined it failed',
      cause: { message: 'the inner one fails' },
    });
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('numbers the events of all that joined in their order', async () => {
    const id = systemIds.next();
    await withTransaction(ctx, unaudited, async (tx) => {
      await addWidget(tx, id);
      await tx.emit({ ...widgetMade(id), type: 'widget.painted.v1' });
      await withTransaction(tx, unaudited, (inner) => inner.emit({ ...widgetMade(id), type: 'widget.sold.v1' }));
    });
    const rows = await outboxOf(id);
    expect(rows).toMatchObject([
      { type: 'widget.made.v1', sequence: 1 },
      { type: 'widget.painted.v1', sequence: 2 },
      { type: 'widget.sold.v1', sequence: 3 },
    ]);
  });
});

describe('audit', () => {
  it('refuses an action that was not declared, and with it the transaction', async () => {
    const id = systemIds.next();
    const failing = withTransaction(ctx, { ...audited, audits: ['user.read'] }, async (tx) => {
      await tx.widgets.add(id);
      await tx.audit(created(id));
    });
    await expect(failing).rejects.toThrow('user.created is not declared');
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('refuses the commit of a write that declared audits and recorded none', async () => {
    const id = systemIds.next();
    await expect(withTransaction(ctx, audited, (tx) => tx.widgets.add(id))).rejects.toThrow('told the ledger nothing');
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('lets a transaction that changed nothing record nothing', async () => {
    expect(await withTransaction(ctx, audited, (tx) => tx.widgets.countOf(randomUUID()))).toBeUndefined();
  });

  it('lets one who waited for a row, and found nothing left to change, record nothing', async () => {
    const id = systemIds.next();
    await addWidget(ctx, id);
    const remove = () => withTransaction(ctx, audited, (tx) => tx.widgets.remove(id));
    const late = await withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.remove(id);
      const waiting = remove();
      await until(async () => {
        const waiters = await postgres.query(`select 1 from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like 'delete from shop.widgets%'`);
        return waiters.length === 1;
      });
      return { waiting };
    });
    expect(await late.waiting).toBe(false);
  });

  it('lets a verb that changes nothing join one that records', async () => {
    const id = systemIds.next();
    await withTransaction(ctx, audited, async (tx) => {
      await tx.widgets.add(id);
      await tx.audit(created(id));
      await withTransaction(tx, audited, async () => undefined);
    });
    expect(await outboxOf(id)).toHaveLength(1);
  });

  it('refuses a joined write that declared audits where nobody recorded any', async () => {
    const id = systemIds.next();
    const failing = withTransaction(ctx, unaudited, (tx) =>
      withTransaction(tx, audited, (inner) => inner.emit(widgetMade(id))),
    );
    await expect(failing).rejects.toThrow('told the ledger nothing');
  });

  it.each([
    ['a text that is too long', { reason: 'x'.repeat(257) }],
    ['a line break', { reason: 'one\ntwo' }],
    ['a detail that is too long', { details: { fields: 'x'.repeat(1025) } }],
    ['too many details', { details: Object.fromEntries(Array.from({ length: 5 }, (_, n) => [n, 'x'.repeat(1000)])) }],
  ])('does nothing that the ledger would refuse to keep: %s (SR-86)', async (_case, changes) => {
    const subject = systemIds.next();
    const failing = withTransaction(ctx, audited, async (tx) => {
      await tx.emit(widgetMade(subject));
      await tx.audit({ ...created(subject), ...changes });
    });
    await expect(failing).rejects.toThrow('the ledger takes no entry of user.created');
    expect(await outboxOf(subject)).toEqual([]);
  });

  it('records who, in which request, and only the network of the client (SR-86)', async () => {
    const subject = systemIds.next();
    const actor: UserActor = {
      kind: 'user',
      userId: subject as UserId,
      sessionId: systemIds.next(),
      roles: ['customer'],
      acr: 'aal1',
      amr: ['pwd'],
      authTime: new Date(),
      audience: 'customers',
    };
    const request = { requestId: 'req-1', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
    await requestContext.run({ ...request, clientAddress: '203.0.113.77' }, () =>
      withTransaction(ctx, { who: allow.self(actor, actor.userId), audits: ['user.created'] }, (tx) =>
        tx.audit({ ...created(subject), outcome: 'denied', reason: 'because', details: { tries: 3, known: true } }),
      ),
    );
    const [row] = await outboxOf(subject);
    expect(row).toMatchObject({ destination: 'audit', sequence: null, request_id: 'req-1', subject });
    expect(row?.data).toMatchObject({
      action: 'user.created',
      actor: { kind: 'ACTOR_KIND_USER', id: subject, sessionId: actor.sessionId, roles: ['customer'] },
      outcome: 'AUDIT_OUTCOME_DENIED',
      reason: 'because',
      details: { tries: 3, known: true },
      requestId: 'req-1',
      traceparent: request.traceparent,
      clientNetwork: '203.0.113.0/24',
      source: 'shop',
    });
  });
});

describe('deliver', () => {
  const message = {
    to: { email: 'ada@example.org' },
    channel: 'email',
    template: 'registration_code',
    params: { code: '482913' },
    expiresAt: new Date('2026-01-01T00:15:00Z'),
  } as const;

  async function deliver() {
    await withTransaction(ctx, unaudited, (tx) => tx.deliver(message));
    const [row] = await postgres.query<{ id: string; data: Record<string, string>; subject: string }>(
      `select id, data, subject from shop.outbox where destination = 'deliveries' order by id desc limit 1`,
    );
    return row ?? expect.unreachable();
  }

  it('seals address and parameters, and names nobody (SR-85)', async () => {
    const row = await deliver();
    expect(row.subject).toBe(row.id);
    expect(JSON.stringify(row)).not.toMatch(/ada|example|482913/);
    expect(openDelivery(deliveryKeys, row.id, row.data)).toEqual({
      to: { address: 'ada@example.org' },
      channel: 'email',
      template: 'registration_code',
      locale: undefined,
      params: { code: '482913' },
      expiresAt: message.expiresAt,
    });
  });

  it('opens under no other message id', async () => {
    const [one, other] = [await deliver(), await deliver()];
    expect(() => openDelivery(deliveryKeys, other.id, one.data)).toThrow('the sealed record does not open');
  });
});
