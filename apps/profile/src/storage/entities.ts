import { ChangeRequestEntity } from '#storage/change-request.entity.ts';
import { ConsentEntity } from '#storage/consent.entity.ts';
import { FileEntity } from '#storage/files/file.entity.ts';
import {
  KycCallbackEntity,
  KycCaseEntity,
  KycDocumentEntity,
  KycStandingEntity,
  KycSubmissionEntity,
} from '#storage/kyc/kyc.entity.ts';
import { BankAccountDigestEntity, BankAccountEntity } from '#storage/linked-accounts/bank-account.entity.ts';
import { BillerAccountDigestEntity, BillerAccountEntity } from '#storage/linked-accounts/biller-account.entity.ts';
import { ProfileEntity } from '#storage/profile.entity.ts';
import { SearchTokenEntity } from '#storage/search/search-token.entity.ts';
import { SettingsEntity } from '#storage/settings.entity.ts';

/** Every entity of the schema `profile`: what the migrations are checked against. */
export const entities = [
  ProfileEntity,
  ChangeRequestEntity,
  SettingsEntity,
  ConsentEntity,
  FileEntity,
  BankAccountEntity,
  BankAccountDigestEntity,
  BillerAccountEntity,
  BillerAccountDigestEntity,
  SearchTokenEntity,
  KycStandingEntity,
  KycCaseEntity,
  KycDocumentEntity,
  KycSubmissionEntity,
  KycCallbackEntity,
];
