import * as v from 'valibot';
import { expect, test } from 'vitest';
import { settingsEnv } from '#settings-config.ts';

const Env = v.object(settingsEnv);

test('without anything said the texts are the first, and amounts are in euros', () => {
  expect(v.parse(Env, {})).toEqual({
    DEFAULT_CURRENCY: 'EUR',
    DEFAULT_TIME_ZONE: 'UTC',
    TERMS_VERSION: '2026-01',
    CONSENT_VERSIONS: new Map(),
  });
});

test('versions of texts are pairs', () => {
  const { CONSENT_VERSIONS } = v.parse(Env, { CONSENT_VERSIONS: 'privacy=2026-02, analytics=3.1' });
  expect([...CONSENT_VERSIONS]).toEqual([
    ['privacy', '2026-02'],
    ['analytics', '3.1'],
  ]);
});

test.each([
  ['CONSENT_VERSIONS', 'everything=1'],
  ['CONSENT_VERSIONS', 'terms=2026-02'],
  ['CONSENT_VERSIONS', 'privacy'],
  ['CONSENT_VERSIONS', 'privacy=1=2'],
  ['CONSENT_VERSIONS', 'privacy=a b'],
  ['DEFAULT_CURRENCY', 'EURO'],
  ['DEFAULT_TIME_ZONE', 'Mars/Olympus'],
  ['TERMS_VERSION', ''],
])('%s is not %j', (name, value) => {
  const issues = v.safeParse(Env, { [name]: value }).issues ?? [];
  expect(issues[0]?.message).toMatch(/^must be /);
});
