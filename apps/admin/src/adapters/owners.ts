import { type Foundations, tlsFilesOf } from '@bank/composition';
import type { BaseConfig } from '@bank/service-kit';
import { createRecoveryActs, type RecoveryActs } from '#adapters/auth/recovery-acts.ts';
import { createSessionActs, type SessionActs } from '#adapters/auth/session-acts.ts';
import { createUserActs, type UserActs } from '#adapters/auth/user-acts.ts';
import { createUserDirectory, type UserDirectory } from '#adapters/auth/user-directory.ts';
import { createDeviceList, type DeviceList } from '#adapters/device/device-list.ts';
import { createFactorReset, type ResetFactors } from '#adapters/mfa/factor-reset.ts';
import { type ChangeRequests, createChangeRequests } from '#adapters/profile/change-requests.ts';
import { createKycDesk, type KycDesk } from '#adapters/profile/kyc-desk.ts';
import { createProfileViewer, type ProfileViewer } from '#adapters/profile/profile-viewer.ts';

/** The apps that own what staff look at and change. Each decides by the token of the member of staff who asks (SR-67). */
export interface Owners {
  readonly directory: UserDirectory;
  readonly users: UserActs;
  readonly sessions: SessionActs;
  readonly recoveries: RecoveryActs;
  readonly resetFactors: ResetFactors;
  readonly profiles: ProfileViewer;
  readonly changeRequests: ChangeRequests;
  readonly devices: DeviceList;
  readonly kyc: KycDesk;
}

/** Where they are. */
export interface OwnersConfig {
  readonly AUTH_RPC_URL: string;
  readonly MFA_RPC_URL: string;
  readonly PROFILE_RPC_URL: string;
  readonly DEVICE_RPC_URL: string;
}

/** How long a member of staff waits for an app, in milliseconds. */
const deadlineMs = 5000;

/** Clients of the other apps. Nothing connects before it is asked. */
export function createOwners(config: BaseConfig & OwnersConfig, { logger, metrics }: Foundations): Owners {
  const common = { tls: tlsFilesOf(config), deadlineMs, logger, metrics };
  const auth = { ...common, baseUrl: config.AUTH_RPC_URL, serverUri: 'spiffe://bank/app/auth' };
  const profile = { ...common, baseUrl: config.PROFILE_RPC_URL, serverUri: 'spiffe://bank/app/profile' };
  return {
    directory: createUserDirectory(auth),
    users: createUserActs(auth),
    sessions: createSessionActs(auth),
    recoveries: createRecoveryActs(auth),
    resetFactors: createFactorReset({
      ...common,
      baseUrl: config.MFA_RPC_URL,
      serverUri: 'spiffe://bank/app/mfa',
    }),
    profiles: createProfileViewer(profile),
    changeRequests: createChangeRequests(profile),
    kyc: createKycDesk(profile),
    devices: createDeviceList({
      ...common,
      baseUrl: config.DEVICE_RPC_URL,
      serverUri: 'spiffe://bank/app/device',
    }),
  };
}
