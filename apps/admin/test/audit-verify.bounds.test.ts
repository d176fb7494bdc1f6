import { type Actor, parse, UserIdSchema, uuidv7 } from '@bank/domain';
import { checkpointHash, encodeManifest, manifestHash, readCheckpoint, signCheckpoint } from '@bank/ledger';
import { beforeAll, expect, test } from 'vitest';
import { copyCheckpoints } from '#features/checkpoint/copy-checkpoints.ts';
import { verifyAudit } from '#features/ledger/verify-audit.ts';
import { ledgerUnderTest, subjectOfShard } from './ledger-under-test.ts';

const ledger = ledgerUnderTest();
const more = 10_300;

/** A long quiet time: one checkpoint with entries, thousands that found nothing new, and one with entries again. */
beforeAll(async () => {
  await ledger.append(subjectOfShard(3), 5);
  await ledger.sign();
  const { signingKey, trustedKeys } = ledger.ctx.checkpointing;
  const first = await ledger.ctx.unitOfWork.reader().checkpoints.last();
  let jws = first?.jws ?? '';
  const { heads, signedAt } = readCheckpoint(jws, trustedKeys);
  const none = manifestHash(encodeManifest([]));
  const signed = Array.from({ length: more }, (_none, index) => {
    const checkpoint = { number: index + 2, previousHash: checkpointHash(jws), signedAt, heads, manifestHash: none };
    jws = signCheckpoint(checkpoint, signingKey);
    return { number: checkpoint.number, jws };
  });
  await ledger.database.query(
    `insert into admin.ledger_checkpoints (number, signed_at, jws, manifest)
       select number, $1, jws, '' from jsonb_to_recordset($2::jsonb) as signed (number bigint, jws text)`,
    [signedAt, JSON.stringify(signed)],
  );
  await copyCheckpoints(ledger.ctx);
  await ledger.append(subjectOfShard(3), 4);
  await ledger.sign();
}, 120_000);

const actor: Actor = {
  kind: 'user',
  userId: parse(UserIdSchema, uuidv7()),
  sessionId: uuidv7(),
  roles: ['compliance'],
  acr: 'aal2',
  amr: ['pwd', 'otp'],
  authTime: new Date(),
  audience: 'user-service-staff',
};

async function verified() {
  await verifyAudit(ledger.ctx, actor);
  await ledger.ctx.verifications.settled();
  return (await verifyAudit(ledger.ctx, actor)).report;
}

test('staff have the newest checkpoints verified, however many there are', async () => {
  const report = await verified();
  expect(report).toMatchObject({ ok: true, problems: [], entries: 4, fromCheckpoint: more + 2 - 10_000 });
  expect(report?.checkpoints).toMatchObject({ verified: 10_000, last: { number: more + 2 }, fileBehind: 0 });
});

test('an auditor has all of them verified', async () => {
  const report = await ledger.verify();
  expect(report).toMatchObject({ ok: true, problems: [], entries: 9, fromCheckpoint: 0 });
  expect(report.checkpoints).toMatchObject({ verified: more + 2, fileBehind: 0 });
});
