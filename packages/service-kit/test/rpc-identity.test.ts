import { readFileSync } from 'node:fs';
import { type ConnectionOptions, connect } from 'node:tls';
import { audiences } from '@bank/domain';
import { proofKey, testCertificates, until } from '@bank/testing';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, failureOf, pem, type RpcWorld, rpcWorld } from './support/rpc-world.ts';

let world: RpcWorld;
beforeAll(async () => {
  world = await rpcWorld();
});
afterAll(() => world.service.stop());

/** Whether a connection with these options gets any byte of an answer. */
function knock(options: ConnectionOptions): Promise<'answered' | 'refused'> {
  return new Promise((resolve) => {
    const ca = readFileSync(world.profile.caFile);
    const socket = connect({ host: 'localhost', port: world.service.rpcPort, ca, ...options });
    socket.on('data', () => resolve('answered'));
    socket.on('error', () => resolve('refused'));
    socket.on('close', () => resolve('refused'));
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  });
}

describe('SR-68 the other side of the connection', () => {
  it('with a certificate of ours is answered', async () => {
    expect(await knock(pem(world.profile))).toBe('answered');
  });

  it('without a certificate is refused', async () => {
    expect(await knock({})).toBe('refused');
  });

  it('with a certificate of another authority is refused', async () => {
    const stranger = await (await testCertificates()).issue({ name: 'profile', uris: ['spiffe://bank/app/profile'] });
    expect(await knock({ cert: stranger.cert, key: stranger.key })).toBe('refused');
  });

  it('with an expired certificate is refused', async () => {
    const notAfter = new Date(Date.now() - 1000);
    const expired = await world.tls.identity('old', { uri: 'spiffe://bank/app/profile', notAfter });
    expect(await knock(pem(expired))).toBe('refused');
  });

  it('is cut off from the moment its certificate expires, on an open connection too', async () => {
    const notAfter = new Date(Date.now() + 2500);
    const identity = await world.tls.identity('short', { uri: 'spiffe://bank/app/profile', notAfter });
    const client = world.client(identity, '2');
    expect((await client.say({ value: 'in time' })).value).toBe('in time');
    const error = await until(() => client.say({ value: 'late' }).then(() => undefined, ConnectError.from));
    expect(error.code).toBe(Code.PermissionDenied);
  });

  it('is cut off from that moment in an open stream as well', async () => {
    const identity = await world.tls.identity('brief', {
      uri: 'spiffe://bank/app/profile',
      notAfter: new Date(Date.now() + 2500),
    });
    const told: string[] = [];
    const read = async () => {
      for await (const { value } of world.client(identity).count({ value: 'fields' })) told.push(value);
    };
    const error = await failureOf(read());
    expect(told.length).toBeGreaterThan(0);
    expect(codeOf(error)).toBe('access.caller.unknown');
  });

  it('must speak TLS 1.3, and TLS at all', async () => {
    expect(await knock({ ...pem(world.profile), maxVersion: 'TLSv1.2' })).toBe('refused');
    await expect(fetch(`http://localhost:${world.service.rpcPort}/`)).rejects.toThrow();
  });

  it.each([
    ['unlisted', 'spiffe://bank/app/device'],
    ['listed-for-another-method', 'spiffe://bank/app/mfa'],
    ['listed-by-a-shorter-name', 'spiffe://bank/app/profile2'],
    ['listed-in-another-domain', 'spiffe://bank.evil/app/profile'],
  ])('is refused when %s', async (name, uri) => {
    const before = world.context.calls;
    const error = await failureOf(world.client(await world.tls.identity(name, { uri })).read({ value: 'x' }));
    expect(error.code).toBe(Code.PermissionDenied);
    expect(codeOf(error)).toBe('access.caller.unknown');
    expect(world.context.calls).toBe(before);
  });

  it('is refused with two identities', async () => {
    const uris = ['spiffe://bank/app/profile', 'spiffe://bank/app/admin'];
    const { certFile, keyFile } = await world.tls.certificates.issue({ name: 'two', uris });
    const client = world.client({ caFile: world.profile.caFile, certFile, keyFile });
    expect((await failureOf(client.say({ value: 'x' }))).code).toBe(Code.PermissionDenied);
  });
});

describe('SR-67 the person behind a call', () => {
  type Claims = Parameters<RpcWorld['tokens']['mint']>[0];
  const as = (claims: Claims) => ({ headers: { 'bank-user-token': world.tokens.mint(claims) } });

  it('is the one of the forwarded token', async () => {
    const { value } = await world.client(world.profile).whoAmI({}, as({}));
    expect(JSON.parse(value)).toMatchObject({
      caller: 'profile',
      actor: { kind: 'user', audience: audiences.customers },
    });
  });

  it('is needed, whoever calls', async () => {
    const client = world.client(world.profile);
    const missing = await failureOf(client.whoAmI({}));
    expect(missing.code).toBe(Code.Unauthenticated);
    expect(codeOf(missing)).toBe('auth.token.missing');
    const forged = await failureOf(client.whoAmI({}, { headers: { 'bank-user-token': 'a.b.c' } }));
    expect(codeOf(forged)).toBe('auth.token.invalid');
  });

  it('is believed only for audiences that this caller may forward', async () => {
    const admin = world.client(await world.tls.identity('admin'));
    const staff = { aud: audiences.staff, roles: ['support'], acr: 'aal2' };
    expect(codeOf(await failureOf(world.client(world.profile).whoAmI({}, as(staff))))).toBe('auth.token.invalid');
    expect(codeOf(await failureOf(admin.whoAmI({}, as({}))))).toBe('auth.token.invalid');
    expect((await admin.staffOnly({}, as(staff))).value).toBe('user');
  });

  it('must be staff for a staff method', async () => {
    const admin = world.client(await world.tls.identity('admin'));
    const customers = as({ roles: ['admin'] });
    const refused = await failureOf(world.client(world.profile).staffOnly({}, customers));
    expect(codeOf(refused)).toBe('access.forbidden');
    const none = as({ aud: audiences.staff, roles: ['customer'] });
    expect(codeOf(await failureOf(admin.staffOnly({}, none)))).toBe('access.forbidden');
  });

  it('SR-60 may hold a key-bound token, when the proof of its request comes along', async () => {
    const key = proofKey();
    const token = world.tokens.mint({ cnf: { jkt: key.jkt } });
    const proofOf = (accessToken: string, by = key) =>
      by.proof({ method: 'GET', url: 'https://api.bank.test/v1/elsewhere', accessToken });
    const whoAmI = (proof?: string) =>
      world
        .client(world.profile)
        .whoAmI(
          {},
          { headers: { 'bank-user-token': token, ...(proof === undefined ? {} : { 'bank-user-proof': proof }) } },
        );
    for (const _ of [1, 2]) expect((await whoAmI(proofOf(token))).value).toContain('user');
    const others = [undefined, 'x', proofOf('another'), proofOf(token, proofKey()), token];
    for (const proof of others) expect(codeOf(await failureOf(whoAmI(proof)))).toBe('auth.proof.invalid');
  });
});
