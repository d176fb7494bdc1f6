import { Secret } from '@bank/domain';
import { envRpcUrl } from '@bank/service-kit';
import * as v from 'valibot';

/** The variables of KYC. */
export const kycEnv = {
  /** The platform's KYC service. Without it staff alone decide on cases. */
  KYC_RPC_URL: v.optional(envRpcUrl),
  /** What a provider signs its calls with that tells results by HTTP; without it no call is believed. */
  KYC_WEBHOOK_SECRET: v.optional(
    v.pipe(
      v.string('must be text'),
      v.minLength(32, 'must be at least 32 characters that nobody can guess'),
      v.maxLength(256, 'must be at most 256 characters'),
      v.transform((value) => new Secret(value)),
    ),
  ),
} as const;
