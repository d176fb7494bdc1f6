import { fuzzRoutes } from '@bank/service-kit/fuzz';
import { expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { givenSubject, mfaApp, strongToken } from './mfa-app.ts';

const app = mfaApp();

test('SR-82: no route breaks, echoes or takes long', async () => {
  const headers = async () => ({
    authorization: `Bearer ${strongToken(app, { userId: await givenSubject(app) })}`,
    'if-match': '"v1"',
  });
  const answers = await fuzzRoutes(app.service, routes, { headers });
  expect(answers[200]).toBeGreaterThan(0);
});
