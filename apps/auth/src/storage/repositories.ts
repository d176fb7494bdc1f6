import { ApprovalRepository, type Database } from '@bank/database';
import { ActivationRepository } from '#storage/activations/activation.repository.ts';
import { DeliveryRepository } from '#storage/deliveries/delivery.repository.ts';
import { ReportRepository } from '#storage/deliveries/report.repository.ts';
import { RevocationRepository } from '#storage/feed/revocation.repository.ts';
import { SigningKeyRepository } from '#storage/feed/signing-key.repository.ts';
import { ExportRepository } from '#storage/imports/export.repository.ts';
import { ImportRepository } from '#storage/imports/import.repository.ts';
import { RecoveryRepository } from '#storage/recoveries/recovery.repository.ts';
import { RegistrationRepository } from '#storage/registrations/registration.repository.ts';
import { ClientRepository } from '#storage/sessions/client.repository.ts';
import { DeviceRepository } from '#storage/sessions/device.repository.ts';
import { RefreshTokenRepository } from '#storage/sessions/refresh-token.repository.ts';
import { SessionRepository } from '#storage/sessions/session.repository.ts';
import { StepUpCodeRepository } from '#storage/sessions/step-up-code.repository.ts';
import { LockoutRepository } from '#storage/sign-ins/lockout.repository.ts';
import { PasskeySignInRepository } from '#storage/sign-ins/passkey-sign-in.repository.ts';
import { SignInRepository } from '#storage/sign-ins/sign-in.repository.ts';
import { TransactionRepository } from '#storage/transactions/transaction.repository.ts';
import { ContactChangeRepository } from '#storage/users/contact-change.repository.ts';
import { DataKeyRepository } from '#storage/users/data-key.repository.ts';
import { EmailReversionRepository } from '#storage/users/email-reversion.repository.ts';
import { IdentifierRepository } from '#storage/users/identifier.repository.ts';
import { PasswordHistoryRepository } from '#storage/users/password-history.repository.ts';
import { PasswordResetRepository } from '#storage/users/password-reset.repository.ts';
import { TermsRepository } from '#storage/users/terms.repository.ts';
import { UserRepository } from '#storage/users/user.repository.ts';
import { UserChangeRepository } from '#storage/users/user-change.repository.ts';

export type Repositories = ReturnType<typeof createRepositories>;

/** The repositories of one transaction or reader. */
export function createRepositories(em: ReturnType<Database['fork']>) {
  return {
    registrations: new RegistrationRepository(em),
    activations: new ActivationRepository(em),
    users: new UserRepository(em),
    dataKeys: new DataKeyRepository(em),
    terms: new TermsRepository(em),
    userChanges: new UserChangeRepository(em),
    imports: new ImportRepository(em),
    exports: new ExportRepository(em),
    contactChanges: new ContactChangeRepository(em),
    emailReversions: new EmailReversionRepository(em),
    recoveries: new RecoveryRepository(em),
    identifiers: new IdentifierRepository(em),
    passwordHistory: new PasswordHistoryRepository(em),
    passwordResets: new PasswordResetRepository(em),
    clients: new ClientRepository(em),
    sessions: new SessionRepository(em),
    refreshTokens: new RefreshTokenRepository(em),
    devices: new DeviceRepository(em),
    stepUpCodes: new StepUpCodeRepository(em),
    transactions: new TransactionRepository(em),
    lockouts: new LockoutRepository(em),
    signIns: new SignInRepository(em),
    passkeySignIns: new PasskeySignInRepository(em),
    signingKeys: new SigningKeyRepository(em),
    revocations: new RevocationRepository(em),
    approvals: new ApprovalRepository(em, 'auth'),
    deliveries: new DeliveryRepository(em),
    reports: new ReportRepository(em),
  };
}
