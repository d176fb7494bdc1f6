import { parse, type UserId, UserIdSchema, uuidv7 } from '@bank/domain';
import { approvalDigest } from '@bank/security';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { rotateSigningKeys } from '#features/signing-key/rotate-signing-keys.ts';
import { register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { colleague, signedIn, signedRequest, staffCallers, staffClients } from './support/colleagues.ts';
import { get } from './support/http.ts';
import { onBehalfOf } from './support/rpc.ts';

const auth = await startAuth({ callers: staffCallers() });
const clients = await staffClients(auth);
const { sessions } = clients;
const userId: UserId = parse(UserIdSchema, uuidv7());
const digest = Uint8Array.from(approvalDigest('user.close', { userId }));
const request = () => ({ approvalId: uuidv7(), action: 'user.close', payloadDigest: digest });
const dayMs = 86_400_000;

describe('SignApproval', () => {
  it('signs what a member of staff asks for, and tells the ledger', async () => {
    const maker = await colleague(auth, 'compliance');
    const asked = request();
    const { approval, expiresAt } = await sessions.signApproval(asked, maker.asked);
    expect(decodeProtectedHeader(approval)).toMatchObject({ alg: 'ES256', typ: 'approval+jwt' });
    const claims = decodeJwt(approval);
    expect(claims).toEqual({
      iss: 'https://id.bank.example',
      jti: asked.approvalId,
      sub: maker.id,
      roles: ['compliance'],
      act: 'user.close',
      dig: Buffer.from(digest).toString('base64url'),
      iat: expect.any(Number),
      exp: Math.floor(claims.iat ?? 0) + 86_400,
    });
    expect(expiresAt && timestampDate(expiresAt)).toEqual(new Date((claims.exp ?? 0) * 1000));
    const told = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where destination = 'audit' and subject = $1`,
      [asked.approvalId],
    );
    expect(told).toMatchObject([
      { data: { action: 'approval.signed', actor: { id: maker.id }, details: { action: 'user.close' } } },
    ]);
  });

  it.each([
    ['an action nobody knows', { action: 'user.delete' }],
    ['a property of every object', { action: 'toString' }],
    ['a digest that is none', { payloadDigest: new Uint8Array(31) }],
    ['an id that is none', { approvalId: '1' }],
  ])('refuses %s', async (_, changes) => {
    const maker = await colleague(auth, 'admin');
    await expect(sessions.signApproval({ ...request(), ...changes }, maker.asked)).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('SR-65, SR-67 refuses whoever may not do it themselves', async () => {
    const refused = async (token: string, code: string) =>
      expect(sessions.signApproval(request(), onBehalfOf(token))).rejects.toMatchObject({ code });
    await refused((await colleague(auth, 'support')).accessToken, 'access.forbidden');
    await refused((await register(auth)).accessToken, 'auth.token.invalid');
    const [head, , signature] = (await colleague(auth, 'admin')).accessToken.split('.');
    await refused(`${head}.e30.${signature}`, 'auth.token.invalid');
    await expect(sessions.signApproval(request())).rejects.toMatchObject({ code: 'auth.token.missing' });
  });
});

describe('an approval', () => {
  it('SR-55 is no access token anywhere, and an access token is no approval', async () => {
    const maker = await colleague(auth, 'compliance');
    const approval = await signedRequest(clients, maker, 'user.close', { userId });
    expect((await get(auth, '/v1/auth/session', approval)).status).toBe(401);
    await expect(sessions.signApproval(request(), onBehalfOf(approval))).rejects.toMatchObject({
      code: 'auth.token.invalid',
    });
    const demand = { action: 'user.close', digest } as const;
    await expect(auth.ctx.verifier.verifyApproval(maker.accessToken, demand)).rejects.toMatchObject({
      code: 'approval.invalid',
    });
    await expect(auth.ctx.verifier.verifyApproval(approval, demand)).resolves.toMatchObject({ makerId: maker.id });
  });

  it('SR-71 outlives a change of keys, and dies after a day', async () => {
    const maker = await colleague(auth, 'compliance');
    auth.clock.advance(29 * dayMs + 60_000);
    await rotateSigningKeys(auth.ctx);
    auth.clock.advance(dayMs - 120_000);
    const approval = await signedRequest(clients, await signedIn(auth, maker), 'user.close', { userId });

    auth.clock.advance(dayMs - 60_000);
    await rotateSigningKeys(auth.ctx);
    const { keys } = (await get(auth, '/.well-known/jwks.json')).body;
    expect(keys.map(({ kid }: { kid: string }) => kid)).toContain(decodeProtectedHeader(approval).kid);
    const { accessToken } = await signedIn(auth, maker);
    expect(decodeProtectedHeader(accessToken).kid).not.toBe(decodeProtectedHeader(approval).kid);
    const demand = { action: 'user.close', digest } as const;
    await expect(auth.ctx.verifier.verifyApproval(approval, demand)).resolves.toMatchObject({ makerId: maker.id });
    auth.clock.advance(120_000);
    await expect(auth.ctx.verifier.verifyApproval(approval, demand)).rejects.toMatchObject({
      code: 'approval.expired',
    });
  });
});
