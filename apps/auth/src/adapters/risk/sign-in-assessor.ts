import { DeviceService, Platform, RiskVerdict } from '@bank/proto/device';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';

/** How `device` judges an attempt; `unavailable` when it did not answer within its budget. */
export type Verdict = 'allow' | 'challenge' | 'deny' | 'unavailable';

/** What `device` says of an attempt. */
export interface Assessment {
  readonly verdict: Verdict;
  /** Since when the user has trusted the known device; nothing when they do not, or nobody can tell. */
  readonly deviceTrustedAt?: Date | undefined;
}

/** The facts of an attempt. `userId` may be a decoy. */
export interface AttemptFacts {
  attemptId: string;
  userId: string;
  knownDeviceId: string | undefined;
  clientId: string;
  clientAddress: string;
  userAgent: string | undefined;
  platform: 'web' | 'android' | 'ios' | 'desktop' | undefined;
  at: Date;
}

/** Judges sign-in attempts. */
export interface SignInAssessor {
  /** Never rejects: no answer is an answer. */
  assess(facts: AttemptFacts): Promise<Assessment>;
}

/** How long a sign-in waits for device, in milliseconds. */
const budgetMs = 150;
const userAgentMax = 256;

const platforms = {
  web: Platform.WEB,
  android: Platform.ANDROID,
  ios: Platform.IOS,
  desktop: Platform.DESKTOP,
} as const;

const verdicts: Readonly<Record<number, Verdict>> = {
  [RiskVerdict.ALLOW]: 'allow',
  [RiskVerdict.CHALLENGE]: 'challenge',
  [RiskVerdict.DENY]: 'deny',
};

/** Asks the device service. */
export function createSignInAssessor(options: RpcClientOptions): SignInAssessor {
  const device = createRpcClient(DeviceService, { ...options, deadlineMs: budgetMs });
  return {
    async assess({ knownDeviceId, userAgent, platform, at, ...facts }) {
      try {
        const { verdict, deviceTrustedAt } = await device.assessSignIn({
          ...facts,
          knownDeviceId: knownDeviceId ?? '',
          userAgent: userAgent?.slice(0, userAgentMax) ?? '',
          platform: platform === undefined ? Platform.UNSPECIFIED : platforms[platform],
          attemptedAt: timestampFromDate(at),
        });
        // A verdict that this version does not know calls for more proof.
        const trusted = deviceTrustedAt && { deviceTrustedAt: timestampDate(deviceTrustedAt) };
        return { verdict: verdicts[verdict] ?? 'challenge', ...trusted };
      } catch (err) {
        options.logger?.warn({ err, dependency: 'device' }, 'a sign-in was not assessed in time');
        return { verdict: 'unavailable' };
      }
    },
  };
}
