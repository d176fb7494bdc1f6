import type { KeyObject } from 'node:crypto';
import { readSendgridKey } from '@bank/notifications';
import { envInteger, envList, envRpcUrl, envSecret, envSecretUrl, envUrl } from '@bank/service-kit';
import * as v from 'valibot';

export const emailProviders = ['smtp', 'sendgrid', 'notification'] as const;
export const smsProviders = ['twilio', 'twilio-verify', 'notification'] as const;
export type EmailProviderName = (typeof emailProviders)[number];
export type SmsProviderName = (typeof smsProviders)[number];

function envProviders<const N extends string>(known: readonly N[]) {
  const message = `must be of ${known.join(', ')}, each once, separated by commas`;
  return v.pipe(
    envList,
    v.check((names) => new Set(names).size === names.length && names.length > 0, message),
    v.array(v.picklist(known, message)),
  );
}

function readKey({ dataset, addIssue, NEVER }: v.RawTransformContext<string>): KeyObject {
  try {
    return readSendgridKey(dataset.value);
  } catch {
    addIssue({ message: 'must be a public key of P-256, in DER and base64' });
    return NEVER;
  }
}

const sid = (prefix: string) =>
  v.pipe(v.string(), v.regex(new RegExp(`^${prefix}[0-9a-f]{32}$`), `must be ${prefix} and 32 hexadecimal digits`));

/** Who carries messages, in which order, and how many may go. */
export const messageEnv = {
  EMAIL_PROVIDERS: v.optional(envProviders(emailProviders), 'smtp'),
  SMS_PROVIDERS: v.optional(envProviders(smsProviders), 'twilio'),
  MAIL_FROM: v.pipe(v.string(), v.nonEmpty('must be an address, or a name and <address>')),
  SMTP_URL: v.optional(envSecretUrl('smtp', 'smtps')),
  /** The platform's Notification service, which carries both. */
  NOTIFICATION_RPC_URL: v.optional(envRpcUrl),
  SENDGRID_BASE_URL: v.optional(envUrl('https', 'http'), 'https://api.sendgrid.com'),
  SENDGRID_API_KEY: v.optional(envSecret),
  /** Checks the signatures of SendGrid's events: SPKI in DER and base64, as SendGrid shows it. */
  SENDGRID_WEBHOOK_PUBLIC_KEY: v.optional(v.pipe(v.string(), v.rawTransform(readKey))),
  TWILIO_BASE_URL: v.optional(envUrl('https', 'http'), 'https://api.twilio.com'),
  TWILIO_ACCOUNT_SID: v.optional(sid('AC')),
  TWILIO_API_KEY_SID: v.optional(sid('SK')),
  TWILIO_API_KEY_SECRET: v.optional(envSecret),
  /** Signs Twilio's callbacks; nothing is sent with it. */
  TWILIO_AUTH_TOKEN: v.optional(envSecret),
  /** One of the two says who text messages are from. */
  TWILIO_MESSAGING_SERVICE_SID: v.optional(sid('MG')),
  TWILIO_FROM: v.optional(
    v.pipe(v.string(), v.regex(/^(?:\+[1-9]\d{4,14}|[A-Za-z0-9 ]{1,11})$/, 'must be a number in E.164, or a name')),
  ),
  TWILIO_VERIFY_BASE_URL: v.optional(envUrl('https', 'http'), 'https://verify.twilio.com'),
  /** A service of Verify that takes our codes. */
  TWILIO_VERIFY_SERVICE_SID: v.optional(sid('VA')),
  /** Where carriers reach us with their callbacks: PUBLIC_BASE_URL unless said. Never taken from a request. */
  WEBHOOK_BASE_URL: v.optional(envUrl('https', 'http')),
  /** How long a carrier that is reached by HTTP may take for one message. */
  MESSAGE_DEADLINE_MS: v.optional(envInteger(100, 30_000), '10000'),
  /** Messages that are kept back beyond these numbers (SR-18). Codes and links are counted apart from notices. */
  EMAILS_PER_ADDRESS_PER_HOUR: v.optional(envInteger(1, 100_000), '30'),
  EMAILS_PER_USER_PER_DAY: v.optional(envInteger(1, 100_000), '100'),
  /** All mail that somebody asked for, strangers half of it at most; notices and ways back are not kept back by it. */
  EMAILS_PER_HOUR: v.optional(envInteger(1, 10_000_000), '20000'),
  SMS_PER_NUMBER_PER_HOUR: v.optional(envInteger(1, 100_000), '5'),
  SMS_PER_USER_PER_DAY: v.optional(envInteger(1, 100_000), '20'),
  /** All text messages to one country, and all of them; strangers half of either at most. */
  SMS_PER_PREFIX_PER_HOUR: v.optional(envInteger(1, 10_000_000), '1000'),
  SMS_PER_HOUR: v.optional(envInteger(1, 10_000_000), '5000'),
} as const;

const MessageEnvSchema = v.object(messageEnv);
type MessageEnv = v.InferOutput<typeof MessageEnvSchema>;

const needs: Readonly<Record<EmailProviderName | SmsProviderName, readonly (keyof MessageEnv)[]>> = {
  smtp: ['SMTP_URL'],
  sendgrid: ['SENDGRID_API_KEY', 'SENDGRID_WEBHOOK_PUBLIC_KEY'],
  notification: ['NOTIFICATION_RPC_URL'],
  twilio: ['TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY_SID', 'TWILIO_API_KEY_SECRET', 'TWILIO_AUTH_TOKEN'],
  'twilio-verify': ['TWILIO_API_KEY_SID', 'TWILIO_API_KEY_SECRET', 'TWILIO_VERIFY_SERVICE_SID'],
};

/** What is missing or wrong for the carriers that were chosen: variable and problem. */
export function messageProblems(env: MessageEnv): [variable: keyof MessageEnv, problem: string][] {
  const chosen = [...env.EMAIL_PROVIDERS, ...env.SMS_PROVIDERS];
  const problems: [keyof MessageEnv, string][] = [...new Set(chosen)].flatMap((name) =>
    needs[name].filter((variable) => env[variable] === undefined).map((variable) => [variable, `is needed by ${name}`]),
  );
  const hasSender = env.TWILIO_MESSAGING_SERVICE_SID !== undefined || env.TWILIO_FROM !== undefined;
  if (env.SMS_PROVIDERS.includes('twilio') && !hasSender) {
    problems.push(['TWILIO_MESSAGING_SERVICE_SID', 'or TWILIO_FROM is needed by twilio']);
  }
  if (env.SMS_PROVIDERS.every((name) => name === 'twilio-verify')) {
    problems.push(['SMS_PROVIDERS', 'twilio-verify carries codes alone: name another for notices and payments']);
  }
  return problems;
}
