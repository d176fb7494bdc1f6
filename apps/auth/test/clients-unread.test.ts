import { until } from '@bank/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createContext } from '#context.ts';
import { assembleService } from '#service.ts';
import { password, refresh, register } from './support/accounts.ts';
import { startAuth, type TestAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';

const auth = await startAuth();

/** A second replica on the same stores, which cannot read the clients. */
async function replicaWithoutClients(): Promise<TestAuth> {
  await auth.database.query('revoke select on auth.clients from auth_app');
  const service = assembleService(await createContext(auth.ctx.config, { clock: auth.clock, logger: auth.ctx.logger }));
  onTestFinished(() => service.stop());
  await service.start();
  return { ...auth, service, url: `http://127.0.0.1:${service.httpPort}` };
}

describe('a replica that could not read the clients', () => {
  it('SR-45 ends no session and knows no client as unknown, and reads them within seconds of when it can', async () => {
    const account = await register(auth);
    const replica = await replicaWithoutClients();
    const refused = await refresh(replica, account.refreshToken, account.device.secret);
    expect(refused).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
    const body = { identifier: account.email, password };
    expect((await post(replica, '/v1/auth/login', body)).status).toBe(503);
    expect((await get(replica, '/health/ready')).status).toBe(503);
    await auth.database.query('grant select on auth.clients to auth_app');
    await until(async () => (await refresh(replica, account.refreshToken, account.device.secret)).status === 200);
    await until(async () => (await get(replica, '/health/ready')).status === 200);
  });
});
