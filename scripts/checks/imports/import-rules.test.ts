import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkImportRules } from '#checks/imports/import-rules.ts';
import type { Problem } from '#checks/problem.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

/** Rules under which, as with a compiler it does not know, dependency-cruiser sees none of our files. */
const blind = `export default { forbidden: [], options: { doNotFollow: { path: 'node_modules' }, exclude: '[.]ts$' } };\n`;

/** One breach of each rule: the file that commits it, what it imports, the rule that must name it. */
const breaches: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['core-is-pure', 'packages/domain/src/planted-node.ts', 'node:fs'],
  ['core-is-pure', 'packages/domain/src/planted-framework.ts', '../../service-kit/node_modules/hono'],
  ['contract-is-generated-code', 'packages/proto/src/planted.ts', '../../domain/src/index.ts'],
  ['lib-stands-on-core', 'packages/security/src/planted.ts', '../../redis/src/index.ts'],
  ['lib-stands-on-core', 'packages/outbound/src/planted.ts', '../../security/src/index.ts'],
  ['carriers-stand-on-core-and-outbound', 'packages/notifications/src/planted.ts', '../../security/src/index.ts'],
  ['verifier-stands-on-core-and-security', 'packages/verifier/src/planted.ts', '../../observability/src/index.ts'],
  ['infra-knows-no-neighbour', 'packages/messaging/src/planted.ts', '../../database/src/index.ts'],
  ['kit-reaches-storage-through-ports', 'packages/service-kit/src/planted.ts', '../../redis/src/index.ts'],
  ['testing-stands-on-core', 'packages/testing/src/planted.ts', '../../database/src/index.ts'],
  ['testing-from-tests-alone', 'apps/device/src/planted-harness.ts', '@bank/testing'],
  ['no-app-from-outside', 'apps/device/src/planted-neighbour.ts', '../../auth/src/events.ts'],
  ['no-app-from-outside', 'test/e2e/src/planted.ts', '../../../apps/auth/src/events.ts'],
  ['no-test-code-in-source', 'packages/domain/src/planted-test.ts', './planted.test.ts'],
  [
    'driver-postgres',
    'apps/device/src/features/planted-driver.ts',
    '../../../../packages/database/node_modules/@mikro-orm/core',
  ],
  ['driver-redis', 'apps/device/src/planted-redis.ts', '../../../packages/redis/node_modules/ioredis'],
  ['driver-rabbitmq', 'apps/device/src/planted-broker.ts', '../../../packages/messaging/node_modules/amqplib'],
  ['driver-oslo', 'apps/device/src/planted-hash.ts', '../../../packages/security/node_modules/oslo/password'],
  ['driver-images', 'apps/profile/src/planted-image.ts', '../node_modules/sharp'],
  [
    'features-know-no-transport',
    'apps/device/src/features/planted-hono.ts',
    '../../../../packages/service-kit/node_modules/hono',
  ],
  ['features-know-no-transport', 'apps/device/src/features/planted-proto.ts', '@bank/proto'],
  ['features-know-no-transport', 'apps/device/src/features/planted-route.ts', '#transport/http/device.routes.ts'],
  ['features-know-no-transport', 'apps/mfa/src/factor-types/totp/planted-proto.ts', '@bank/proto'],
  [
    'features-know-no-transport',
    'apps/mfa/src/factor-types/planted-route.ts',
    '#factor-types/totp/transport/routes.ts',
  ],
  ['features-know-no-transport', 'apps/mfa/src/features/planted-route.ts', '#factor-types/totp/transport/routes.ts'],
  [
    'transport-calls-features',
    'apps/mfa/src/factor-types/totp/transport/planted-row.ts',
    '#storage/factor.repository.ts',
  ],
  [
    'transport-calls-features',
    'apps/mfa/src/transport/http/planted-row.ts',
    '#factor-types/totp/storage/totp-factor.repository.ts',
  ],
  ['requests-open-no-transaction', 'apps/mfa/src/factor-types/totp/transport/planted-unit.ts', '@bank/database'],
  ['storage-is-the-bottom', 'apps/mfa/src/factor-types/totp/storage/planted.ts', '#factor-types/totp/schemas.ts'],
  ['storage-is-the-bottom', 'apps/mfa/src/storage/planted.ts', '#factor-types/registry.ts'],
  ['adapters-stand-alone', 'apps/mfa/src/adapters/planted-kind.ts', '#factor-types/totp/storage/index.ts'],
  ['driver-postgres', 'apps/mfa/src/factor-types/totp/planted-driver.ts', '@mikro-orm/postgresql'],
  ['transport-calls-features', 'apps/device/src/transport/http/planted-row.ts', '#storage/device.repository.ts'],
  ['transport-calls-features', 'apps/device/src/transport/messages/planted-adapter.ts', '#adapters/planted.ts'],
  ['requests-open-no-transaction', 'apps/device/src/transport/rpc/planted-unit.ts', '@bank/database'],
  ['storage-is-the-bottom', 'apps/device/src/storage/planted.ts', '#features/device/view.ts'],
  ['adapters-stand-alone', 'apps/device/src/adapters/planted.ts', '#storage/device.repository.ts'],
  ['jobs-are-called-by-the-service', 'apps/auth/src/features/planted-job.ts', '#jobs/trim.ts'],
  ['jobs-are-called-by-the-service', 'apps/auth/src/transport/http/planted-job.ts', '#jobs/trim.ts'],
  ['jobs-are-no-transport', 'apps/auth/src/jobs/planted-route.ts', '#transport/http/routes.ts'],
  ['main-is-the-top', 'apps/device/src/features/planted-service.ts', '#service.ts'],
  ['no-cycle', 'packages/domain/src/planted-a.ts', './planted-b.ts'],
  ['resolvable', 'packages/domain/src/planted-nowhere.ts', '#nowhere.ts'],
  ['declared', 'apps/mfa/src/planted-undeclared.ts', 'dependency-cruiser'],
  ['no-dev-dependency-in-source', 'apps/device/src/planted-dev.ts', 'vitest'],
  ['published-package-takes-in-our-own', 'packages/verifier/src/planted-dev.ts', 'hono'],
];

describe('the import table', () => {
  let copy: WorkspaceCopy;
  let problems: readonly Problem[];

  beforeAll(async () => {
    copy = await copyWorkspace();
    await copy.write('packages/domain/src/planted.test.ts', 'export {};\n');
    await copy.write('packages/domain/src/planted-b.ts', "export * from './planted-a.ts';\n");
    for (const [, file, imported] of breaches) await copy.write(file, `export * from '${imported}';\n`);
    problems = await checkImportRules(copy.root);
  });
  afterAll(() => copy.remove());

  it.each(breaches)('%s: fails %s, which imports %s', (rule, file) => {
    const rules = problems.filter((problem) => problem.file === file).map((problem) => problem.message);
    expect(rules.join('\n')).toContain(`[${rule}]`);
  });

  it('looks at every file', () => {
    expect(problems.filter((problem) => problem.message.includes('was not looked at'))).toEqual([]);
  });

  it('fails where dependency-cruiser does not know the compiler, instead of passing with nothing looked at', async () => {
    await copy.write('.dependency-cruiser.mjs', blind);
    const unseen = await checkImportRules(copy.root);
    expect(unseen.length).toBeGreaterThan(50);
    expect(unseen[0]?.message).toBe('was not looked at by dependency-cruiser');
  });
});
