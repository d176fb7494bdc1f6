import { uuidv7 } from '@bank/domain';
import { AdminService } from '@bank/proto/admin';
import { AuditOutcome } from '@bank/proto/ledger';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { admin, adminApp, tools } from './admin-app.ts';
import { entryAbout, entryMessage } from './entries.ts';

const app = adminApp();
const refused = { cause: { rawMessage: 'The calling service may not use this method.' } };

describe('RecordAudit', () => {
  test("takes entries under the caller's own name, whatever they say", async () => {
    const subject = uuidv7();
    const client = await app.client(AdminService, tools);
    const entries = [{ ...entryMessage(subject), source: 'auth' }, entryMessage(subject)];
    expect(await client.recordAudit({ entries })).toMatchObject({ recordedCount: 2 });
    const rows = await app.database.query<{ body: string }>(
      'select body from admin.ledger_entries where subject = $1',
      [subject],
    );
    expect(rows.map(({ body }) => JSON.parse(body).source)).toEqual(['tools', 'tools']);
  });

  test('skips what is recorded already', async () => {
    const client = await app.client(AdminService, tools);
    const entries = [entryMessage(uuidv7())];
    await client.recordAudit({ entries });
    expect(await client.recordAudit({ entries: [...entries, entryMessage(uuidv7())] })).toMatchObject({
      recordedCount: 1,
    });
  });

  test.each([
    ['nothing', []],
    ['more than 100', Array.from({ length: 101 }, () => entryMessage(uuidv7()))],
    ['an outcome nobody knows', [{ ...entryMessage(uuidv7()), outcome: 99 as AuditOutcome }]],
    ['NUL', [{ ...entryMessage(uuidv7()), reason: 'a\0b' }]],
    ['no actor', [{ ...entryMessage(uuidv7()), actor: undefined }]],
    ['an impossible time', [{ ...entryMessage(uuidv7()), occurredAt: { seconds: 9_000_000_000_000n } }]],
  ])('refuses %s', async (_name, entries) => {
    const client = await app.client(AdminService, tools);
    await expect(client.recordAudit({ entries } as object)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('SR-68: refuses who is not listed', async () => {
    const client = await app.client(AdminService, 'spiffe://bank/app/profile');
    await expect(client.recordAudit({ entries: [entryMessage(uuidv7())] })).rejects.toMatchObject(refused);
  });
});

describe('SearchAudit', () => {
  const headers = (token: string) => ({ headers: { 'bank-user-token': token } });
  const staff = () => app.issuer.token({ audience: 'user-service-staff', roles: ['compliance'], acr: 'aal2' });

  test('answers staff, page after page', async () => {
    const subject = uuidv7();
    const entries = [entryAbout(subject), entryAbout(subject)];
    await appendEntries(app.ctx, entries);
    const client = await app.client(AdminService, admin);
    const token = staff();
    const first = await client.searchAudit({ subject, limit: 1 }, headers(token));
    expect(first.records).toMatchObject([
      { entry: { entryId: entries[1]?.id, outcome: AuditOutcome.SUCCESS, details: { version: 2 } }, version: 1 },
    ]);
    const rest = await client.searchAudit({ subject, cursor: first.nextCursor }, headers(token));
    expect(rest).toMatchObject({ records: [{ entry: { entryId: entries[0]?.id } }], nextCursor: '' });
    expect(rest.records[0]?.hash).toEqual(first.records[0]?.previousHash);
  });

  test('needs a time that exists', async () => {
    const client = await app.client(AdminService, admin);
    const occurredFrom = { seconds: 9_000_000_000_000n };
    const searching = client.searchAudit({ subject: uuidv7(), occurredFrom }, headers(staff()));
    await expect(searching).rejects.toMatchObject({ code: 'request.invalid' });
    const inRange = { occurredFrom: timestampFromDate(new Date()), occurredTo: timestampFromDate(new Date()) };
    expect((await client.searchAudit(inRange, headers(staff()))).records).toEqual([]);
  });

  test('SR-67: decides on the person, not on the caller', async () => {
    const client = await app.client(AdminService, admin);
    const search = { subject: uuidv7() };
    await expect(client.searchAudit(search)).rejects.toMatchObject({ code: 'auth.token.missing' });
    const customer = headers(app.issuer.token({ roles: ['compliance'], acr: 'aal2' }));
    await expect(client.searchAudit(search, customer)).rejects.toMatchObject({ code: 'auth.token.invalid' });
    const support = headers(app.issuer.token({ audience: 'user-service-staff', roles: ['support'], acr: 'aal2' }));
    await expect(client.searchAudit(search, support)).rejects.toMatchObject({ code: 'access.forbidden' });
  });

  test('SR-68: refuses who is not listed for it', async () => {
    const client = await app.client(AdminService, tools);
    await expect(client.searchAudit({ subject: uuidv7() }, headers(staff()))).rejects.toMatchObject(refused);
  });
});
