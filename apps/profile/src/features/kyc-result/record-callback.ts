import { createHmac } from 'node:crypto';
import { withTransaction } from '@bank/database';
import { allow, DomainError, UuidSchema } from '@bank/domain';
import { isRecentCall, type SignedCall, sameBytes, signedCallDigest } from '@bank/security';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import {
  applyResult,
  countResult,
  type KycResult,
  ResultOutcomeSchema,
  unaudited,
} from '#features/kyc-result/apply-result.ts';

/** A call as it came. */
export interface KycCall extends SignedCall {
  /** HMAC-SHA-256 over `<timestamp>.<body>`, in hexadecimal. */
  readonly signature: string;
}

/** What a provider tells that calls back by HTTP. It may say more, which nobody reads. */
export const CallbackBody = v.object({
  submissionId: UuidSchema,
  outcome: ResultOutcomeSchema,
  reasons: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(50)), []),
});

/**
 * Takes a call of a provider over HTTP: signed over its body as it came, of the last minutes, and never seen before (SR-90).
 * Nothing of it is read before that, and of several results the first of an attempt counts. @throws kyc.callback.refused,
 * request.malformed
 */
export async function recordCallback(ctx: AppContext, call: KycCall): Promise<void> {
  if (!isRecentCall(call, ctx.clock.now()) || !isSigned(ctx, call)) refuse(ctx, 'signature or time');
  const result = parseResult(call.body);
  const digest = signedCallDigest(call);
  const who = allow.system('kyc results by callback');
  const applied = await withTransaction(ctx, { who, unaudited }, async (tx) => {
    if (!(await tx.kycCallbacks.takeOnce(digest, tx.clock.now()))) return undefined;
    return applyResult(tx, 'callback', result);
  });
  if (applied === undefined) refuse(ctx, 'came twice');
  countCallback(ctx, 'accepted');
  countResult(ctx, 'callback', applied);
}

/** Compared in constant time. Without a secret nobody's signature fits. */
function isSigned({ config }: AppContext, { body, timestamp, signature }: KycCall): boolean {
  const secret = config.KYC_WEBHOOK_SECRET;
  if (secret === undefined || !/^[0-9a-f]{64}$/i.test(signature)) return false;
  const expected = createHmac('sha256', secret.reveal()).update(timestamp).update('.').update(body).digest();
  return sameBytes(expected, Buffer.from(signature, 'hex'));
}

function parseResult(body: Uint8Array): KycResult {
  try {
    return v.parse(CallbackBody, JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    throw new DomainError('request.malformed', { reason: 'signed, and no result' });
  }
}

function refuse(ctx: AppContext, reason: string): never {
  countCallback(ctx, 'refused');
  throw new DomainError('kyc.callback.refused', { reason });
}

function countCallback({ metrics }: AppContext, outcome: 'accepted' | 'refused'): void {
  metrics.counter('kyc_callbacks_total', 'Signed calls of KYC providers', ['outcome']).inc({ outcome });
}
