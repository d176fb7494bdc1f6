import { uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { testCertificates, until } from '@bank/testing';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createKycProvider } from '#adapters/kyc/kyc-provider.ts';
import type { AppContext } from '#context.ts';
import { submissionsMax } from '#features/kyc-submission/policies.ts';
import { claimSubmissions, sendSubmission } from '#features/kyc-submission/send-submission.ts';
import { createKycSender } from '#jobs/kyc-sender.ts';
import { givenSubmitted, kycApp, profile } from './kyc-app.ts';
import { startKycService } from './kyc-service.ts';

const certificates = await testCertificates();
const platform = await startKycService(certificates);
const { app } = await kycApp({}, certificates);

beforeEach(() => {
  platform.taken.length = 0;
});

type Given = Awaited<ReturnType<typeof givenSubmitted>>;

async function erase({ userId }: Given): Promise<void> {
  const client = await app.client(DataRightsService, profile);
  await client.eraseUser({ userId, requestId: uuidv7() });
}

function decideAs(status: string) {
  return async ({ caseId }: Given) => {
    await app.database.query('update profile.kyc_cases set status = $1 where id = $2', [status, caseId]);
  };
}

async function handOver(ctx: AppContext, [claimed]: Awaited<ReturnType<typeof claimSubmissions>>): Promise<void> {
  if (claimed === undefined) throw new Error('nothing was due');
  await sendSubmission(ctx, provider(), claimed);
}

const provider = () => createKycProvider({ ...app.ctx.config, KYC_RPC_URL: platform.url }, app.ctx);

/** The app, in which something happens whenever the bytes of a picture are opened. */
function whileOpening(happens: () => Promise<void>): AppContext {
  const { vault } = app.ctx;
  const openBytes: typeof vault.openBytes = async (...asked) => {
    const bytes = await vault.openBytes(...asked);
    await happens();
    return bytes;
  };
  return { ...app.ctx, vault: Object.assign(Object.create(vault), { openBytes }) };
}

describe.each([
  ['its user is erased', erase],
  ['staff have rejected it', decideAs('rejected')],
  ['staff have asked for more', decideAs('more_information')],
])('SR-88: once %s', (_, happens) => {
  test('what was claimed before is not handed over', async () => {
    const given = await givenSubmitted(app);
    const claimed = await claimSubmissions(app.ctx, 1);
    await happens(given);
    await handOver(app.ctx, claimed);
    expect(platform.taken).toEqual([]);
    const pending = `select 1 from profile.kyc_submissions where case_id = $1 and state = 'pending'`;
    expect(await app.database.query(pending, [given.caseId])).toEqual([]);
  });

  test('also not where it happened while the pictures were opened', async () => {
    const given = await givenSubmitted(app);
    await handOver(
      whileOpening(() => happens(given)),
      await claimSubmissions(app.ctx, 1),
    );
    expect(platform.taken).toEqual([]);
  });
});

test('what waits is handed over', async () => {
  const { caseId } = await givenSubmitted(app);
  await handOver(
    whileOpening(async () => undefined),
    await claimSubmissions(app.ctx, 1),
  );
  expect(platform.taken).toMatchObject([{ caseId }]);
});

test('more cases than places are handed over one after the other, without waiting for the next second', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  for (let given = 0; given <= submissionsMax; given += 1) await givenSubmitted(app);
  const sender = createKycSender(app.ctx, provider());
  onTestFinished(() => sender.stop());
  await sender.start();
  await until(() => platform.taken.length > submissionsMax);
});
