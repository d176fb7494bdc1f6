import { audiences } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { fuzzRoutes, fuzzRpc } from '@bank/service-kit/fuzz';
import { testCertificates } from '@bank/testing';
import { expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { admin, auth, ownMfaApp, strongToken } from './mfa-app.ts';
import { authOfContacts, givenReachable } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });

test('SR-82: no route breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const headers = async () => ({
    authorization: `Bearer ${strongToken(app, await givenReachable(app))}`,
    'if-match': '"v1"',
  });
  const answers = await fuzzRoutes(app.service, routes, { headers });
  expect(answers[200]).toBeGreaterThan(0);
});

test('SR-79: no method of staff breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const token = app.issuer.token({ roles: ['admin'], acr: 'aal2', audience: audiences.staff });
  const methods = MfaService.methods.filter(({ name }) => name === 'ResetFactors');
  const answers = await fuzzRpc(await app.transport(admin), [{ ...MfaService, methods }], {
    headers: () => ({ 'bank-user-token': token }),
  });
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['invalid_argument']));
});

test('SR-79: no method breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const answers = await fuzzRpc(await app.transport(auth), [MfaService]);
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['invalid_argument']));
});
