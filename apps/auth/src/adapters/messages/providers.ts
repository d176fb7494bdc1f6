import {
  createSendgridProvider,
  createSmtpProvider,
  createTwilioProvider,
  createTwilioVerifyProvider,
  type EmailMessage,
  type MessageProvider,
  type SmsMessage,
} from '@bank/notifications';
import { createNotificationProvider, type NotificationOptions } from '#adapters/messages/notification-provider.ts';
import type { Config } from '#config.ts';
import type { EmailProviderName, SmsProviderName } from '#message-config.ts';

/** What the carriers that are reached by RPC need beside their address. */
export type RpcSurroundings = Pick<NotificationOptions, 'tls' | 'logger' | 'metrics'>;

type Makers<N extends string, M> = Readonly<Record<N, (config: Config, rpc: RpcSurroundings) => MessageProvider<M>>>;

export const emailMakers: Makers<EmailProviderName, EmailMessage> = {
  smtp: (config) =>
    createSmtpProvider({
      url: required(config, 'SMTP_URL'),
      from: config.MAIL_FROM,
      // Never without TLS where it is in earnest.
      requireTls: config.NODE_ENV === 'production',
    }),
  sendgrid: (config) =>
    createSendgridProvider({
      baseUrl: config.SENDGRID_BASE_URL,
      apiKey: required(config, 'SENDGRID_API_KEY'),
      from: config.MAIL_FROM,
      deadlineMs: config.MESSAGE_DEADLINE_MS,
    }),
  notification: (config, rpc) => createNotificationProvider(notificationOf(config, rpc)),
};

export const smsMakers: Makers<SmsProviderName, SmsMessage> = {
  twilio: (config) =>
    createTwilioProvider({
      baseUrl: config.TWILIO_BASE_URL,
      accountSid: required(config, 'TWILIO_ACCOUNT_SID'),
      apiKeySid: required(config, 'TWILIO_API_KEY_SID'),
      apiKeySecret: required(config, 'TWILIO_API_KEY_SECRET'),
      sender: twilioSender(config),
      statusCallbackUrl: (deliveryId) => twilioCallbackUrl(config, deliveryId),
      deadlineMs: config.MESSAGE_DEADLINE_MS,
    }),
  'twilio-verify': (config) =>
    createTwilioVerifyProvider({
      baseUrl: config.TWILIO_VERIFY_BASE_URL,
      serviceSid: required(config, 'TWILIO_VERIFY_SERVICE_SID'),
      apiKeySid: required(config, 'TWILIO_API_KEY_SID'),
      apiKeySecret: required(config, 'TWILIO_API_KEY_SECRET'),
      deadlineMs: config.MESSAGE_DEADLINE_MS,
    }),
  notification: (config, rpc) => createNotificationProvider(notificationOf(config, rpc)),
};

export function notificationOf(config: Config, rpc: RpcSurroundings): NotificationOptions {
  return {
    ...rpc,
    baseUrl: required(config, 'NOTIFICATION_RPC_URL'),
    serverUri: 'spiffe://bank/platform/notification',
    deadlineMs: config.MESSAGE_DEADLINE_MS,
  };
}

/** Where Twilio tells of a message. The signature of a callback covers this address as it stands here. */
export function twilioCallbackUrl(config: Config, deliveryId: string): string {
  const url = new URL('/v1/webhooks/twilio', config.WEBHOOK_BASE_URL ?? config.PUBLIC_BASE_URL);
  url.searchParams.set('delivery', deliveryId);
  return url.href;
}

function twilioSender(config: Config) {
  const { TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid } = config;
  return messagingServiceSid === undefined ? { from: required(config, 'TWILIO_FROM') } : { messagingServiceSid };
}

/** The configuration was checked for what its carriers need; this says so to the compiler. */
function required<N extends keyof Config>(config: Config, name: N): NonNullable<Config[N]> {
  const value = config[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}
