import type { MessageCategory, MessageChannel } from '@bank/domain';
import { MessageCategory as CategoryOf, MessageChannel as ChannelOf, ProfileService } from '@bank/proto/profile';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';

/** What a user has chosen that matters to whoever writes to them. */
export interface MessageSettings {
  readonly version: number;
  /** BCP 47; undefined when profile knows none. */
  readonly language: string | undefined;
  /** IANA. */
  readonly timeZone: string;
  /** Local times, `HH:MM`; undefined when no hours are quiet. */
  readonly quietHours: { readonly from: string; readonly to: string } | undefined;
  /** What the user has switched off, as `<channel> <category>`. */
  readonly switchedOff: ReadonlySet<`${MessageChannel} ${MessageCategory}`>;
}

/** Knows what users have chosen. */
export interface SettingsDirectory {
  /** The defaults of the bank for whom nothing is written. @throws service.unavailable, service.deadline */
  of(userId: string): Promise<MessageSettings>;
}

/** How long a message waits for profile, in milliseconds: it is sent by nobody's request. */
const budgetMs = 1000;

const channels: Readonly<Record<number, MessageChannel>> = {
  [ChannelOf.EMAIL]: 'email',
  [ChannelOf.SMS]: 'sms',
  [ChannelOf.PUSH]: 'push',
};

const categories: Readonly<Record<number, MessageCategory>> = {
  [CategoryOf.SECURITY]: 'security',
  [CategoryOf.TRANSACTIONS]: 'transactions',
  [CategoryOf.ACCOUNT]: 'account',
  [CategoryOf.PRODUCT]: 'product',
  [CategoryOf.MARKETING]: 'marketing',
};

/** Asks the profile service, and leaves it alone for a while when it does not answer. */
export function createSettingsDirectory(options: RpcClientOptions): SettingsDirectory {
  const profile = createRpcClient(ProfileService, { ...options, deadlineMs: budgetMs });
  return {
    async of(userId) {
      const { settings } = await profile.getSettings({ userId });
      const switchedOff = new Set<`${MessageChannel} ${MessageCategory}`>();
      for (const { channel, category, enabled } of settings?.notifications ?? []) {
        const [onChannel, about] = [channels[channel], categories[category]];
        // A channel or category that this version does not know is none that it sends by.
        if (!enabled && onChannel !== undefined && about !== undefined) switchedOff.add(`${onChannel} ${about}`);
      }
      return {
        version: Number(settings?.version ?? 0n),
        language: settings?.language || undefined,
        timeZone: settings?.timeZone || 'UTC',
        quietHours: settings?.quietHours && { from: settings.quietHours.from, to: settings.quietHours.to },
        switchedOff,
      };
    },
  };
}
