import { ActivationEntity } from '#storage/activations/activation.entity.ts';
import { CallbackEntity } from '#storage/deliveries/callback.entity.ts';
import { DeliveryEntity } from '#storage/deliveries/delivery.entity.ts';
import { RevocationEntity, RevocationLeaseEntity, SigningKeyEntity } from '#storage/feed/feed.entity.ts';
import { ImportedUserEntity } from '#storage/imports/import.entity.ts';
import { RecoveryEntity } from '#storage/recoveries/recovery.entity.ts';
import { AddressFailuresEntity, RegistrationEntity } from '#storage/registrations/registration.entity.ts';
import {
  ClientEntity,
  DeviceEntity,
  RefreshTokenEntity,
  SessionEntity,
  StepUpCodeEntity,
} from '#storage/sessions/session.entity.ts';
import { LockoutEntity, PasskeySignInEntity, SignInEntity } from '#storage/sign-ins/sign-in.entity.ts';
import { TransactionEntity } from '#storage/transactions/transaction.entity.ts';
import { ContactChangeEntity } from '#storage/users/contact-change.entity.ts';
import { EmailReversionEntity } from '#storage/users/email-reversion.entity.ts';
import { PasswordResetEntity } from '#storage/users/password-reset.entity.ts';
import {
  CredentialEntity,
  IdentifierEntity,
  PasswordHistoryEntity,
  TermsAcceptanceEntity,
  UserEntity,
} from '#storage/users/user.entity.ts';
import { UserChangeCounterEntity, UserChangeEntity } from '#storage/users/user-change.entity.ts';

/** Every table of the schema that is not the platform's own; the migrations are checked against them. */
export const entities = [
  ClientEntity,
  RegistrationEntity,
  AddressFailuresEntity,
  ActivationEntity,
  UserEntity,
  UserChangeEntity,
  UserChangeCounterEntity,
  CredentialEntity,
  PasswordHistoryEntity,
  TermsAcceptanceEntity,
  ImportedUserEntity,
  IdentifierEntity,
  PasswordResetEntity,
  ContactChangeEntity,
  EmailReversionEntity,
  RecoveryEntity,
  SessionEntity,
  RefreshTokenEntity,
  DeviceEntity,
  StepUpCodeEntity,
  TransactionEntity,
  LockoutEntity,
  SignInEntity,
  PasskeySignInEntity,
  SigningKeyEntity,
  RevocationEntity,
  RevocationLeaseEntity,
  DeliveryEntity,
  CallbackEntity,
];
