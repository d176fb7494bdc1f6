import { setTimeout as pause } from 'node:timers/promises';
import { rpcNeighbour } from '@bank/composition/testing';
import { MessageCategory, MessageChannel, ProfileService, type SettingsSchema } from '@bank/proto/profile';
import { testCertificates } from '@bank/testing';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { beforeEach, expect, it } from 'vitest';
import { createSettingsDirectory } from '#adapters/settings/settings-directory.ts';

const certificates = await testCertificates();
const own = await certificates.issue({ name: 'auth', uris: ['spiffe://bank/app/auth'] });
const tls = { caFile: certificates.caFile, certFile: own.certFile, keyFile: own.keyFile };

let answer: { settings: MessageInitShape<typeof SettingsSchema>; delayMs: number };
let calls = 0;

beforeEach(() => {
  answer = { settings: {}, delayMs: 0 };
  calls = 0;
});

const baseUrl = await rpcNeighbour(certificates, 'profile', (router) =>
  router.service(ProfileService, {
    async getSettings({ userId }) {
      calls += 1;
      await pause(answer.delayMs);
      return { settings: { userId, ...answer.settings } };
    },
  }),
);
const directoryOf = (options = {}) =>
  createSettingsDirectory({ baseUrl, serverUri: 'spiffe://bank/app/profile', tls, ...options });

it('reads what was chosen, and passes over channels and categories that it does not know', async () => {
  answer.settings = {
    version: 7n,
    language: 'pt-BR',
    timeZone: 'America/Sao_Paulo',
    quietHours: { from: '22:00', to: '07:00' },
    notifications: [
      { channel: MessageChannel.EMAIL, category: MessageCategory.PRODUCT, enabled: false },
      { channel: MessageChannel.SMS, category: MessageCategory.PRODUCT, enabled: true },
      { channel: 9 as MessageChannel, category: MessageCategory.PRODUCT, enabled: false },
      { channel: MessageChannel.PUSH, category: 9 as MessageCategory, enabled: false },
    ],
  };
  expect(await directoryOf().of('u1')).toEqual({
    version: 7,
    language: 'pt-BR',
    timeZone: 'America/Sao_Paulo',
    quietHours: { from: '22:00', to: '07:00' },
    switchedOff: new Set(['email product']),
  });
});

it('takes what is empty for nothing chosen', async () => {
  const nothing = { version: 0, language: undefined, timeZone: 'UTC', quietHours: undefined, switchedOff: new Set() };
  expect(await directoryOf().of('u1')).toEqual(nothing);
});

it('waits no longer than a second, and leaves a service that does not answer alone', async () => {
  answer.delayMs = 3000;
  const directory = directoryOf({ breaker: { failures: 1, openMs: 60_000 } });
  const began = performance.now();
  await expect(directory.of('u1')).rejects.toMatchObject({ code: 'service.deadline' });
  expect(performance.now() - began).toBeLessThan(1900);
  await expect(directory.of('u1')).rejects.toMatchObject({ code: 'service.unavailable' });
  expect(calls).toBe(1);
});
