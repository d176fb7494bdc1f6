import { type MessageCategory, type MessageChannel, messageCategories, messageChannels } from '@bank/domain';
import { MessageCategory as CategoryOf, MessageChannel as ChannelOf, type SettingsSchema } from '@bank/proto/profile';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { VisibleSettings } from '#features/settings/read-settings.ts';

const channels = {
  email: ChannelOf.EMAIL,
  sms: ChannelOf.SMS,
  push: ChannelOf.PUSH,
} as const satisfies Record<MessageChannel, ChannelOf>;

const categories = {
  security: CategoryOf.SECURITY,
  transactions: CategoryOf.TRANSACTIONS,
  account: CategoryOf.ACCOUNT,
  product: CategoryOf.PRODUCT,
  marketing: CategoryOf.MARKETING,
} as const satisfies Record<MessageCategory, CategoryOf>;

/** Settings as they travel. What is unknown or not to be seen is empty in the message. */
export function toSettingsMessage(settings: VisibleSettings): MessageInitShape<typeof SettingsSchema> {
  const { userId, version, language = '', currency = '', timeZone = '', notifications, quietHours, privacy } = settings;
  return {
    userId,
    version: BigInt(version),
    language,
    currency,
    timeZone,
    notifications: messageChannels.flatMap((channel) =>
      notifications === undefined
        ? []
        : messageCategories.map((category) => ({
            channel: channels[channel],
            category: categories[category],
            enabled: notifications[channel][category],
          })),
    ),
    ...(quietHours && { quietHours }),
    ...(privacy && { privacy }),
  };
}
