import { ChallengeEntity } from '#storage/challenge.entity.ts';
import { FactorEntity } from '#storage/factor.entity.ts';
import { RecoveryCodeEntity } from '#storage/factor-types/recovery-code.entity.ts';
import { SentCodeEntity } from '#storage/factor-types/sent-code.entity.ts';
import { TotpFactorEntity } from '#storage/factor-types/totp-factor.entity.ts';
import { WebauthnChallengeEntity } from '#storage/factor-types/webauthn-challenge.entity.ts';
import { WebauthnCredentialEntity } from '#storage/factor-types/webauthn-credential.entity.ts';
import { SubjectEntity } from '#storage/subject.entity.ts';

/** Every entity of the schema `mfa`: what the migrations are checked against. */
export const entities = [
  SubjectEntity,
  FactorEntity,
  TotpFactorEntity,
  ChallengeEntity,
  RecoveryCodeEntity,
  SentCodeEntity,
  WebauthnCredentialEntity,
  WebauthnChallengeEntity,
];
