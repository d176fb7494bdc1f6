import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KmsAccount } from '#protocols/kms/kms.ts';
import type { SendgridAccount } from '#protocols/sendgrid/sendgrid.ts';
import { readStorages, type StorageAccounts } from '#protocols/storages/accounts.ts';
import type { TwilioAccount } from '#protocols/twilio/twilio.ts';

export interface SandboxConfig {
  readonly host: string;
  readonly httpPort: number;
  readonly smtpPort: number;
  /** How long the slow outcomes take. */
  readonly slowMs: number;
  /** Services of the platform, over mutual TLS; without certificates they are not served. */
  readonly platform: PlatformConfig | undefined;
  /** AWS' key management; not served without an account. */
  readonly kms?: KmsAccount | undefined;
  /** Carriers of messages that speak HTTP; those without an account are not served. */
  readonly carriers: {
    readonly twilio?: TwilioAccount | undefined;
    readonly sendgrid?: SendgridAccount | undefined;
  };
  /** Storages of files. */
  readonly storages?: StorageAccounts | undefined;
  /** Secret keys of those who are asked about accounts; who has none is not served. */
  readonly lookups?: {
    readonly paystack?: string | undefined;
    readonly flutterwave?: string | undefined;
  };
}

export interface PlatformConfig {
  /** Where `ca.pem` and the certificates of `audit`, `notification` and `kyc` lie. */
  readonly tlsFolder: string;
  readonly auditPort: number;
  readonly notificationPort: number;
  readonly kycPort: number;
  /** The broker that hears of the state of messages, and of verifications; nobody does when left out. */
  readonly broker: { readonly url: string; readonly caFile: string | undefined } | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The sandbox's settings from `SANDBOX_*`. @throws Error naming the variable that cannot be understood */
export function readSandboxConfig(env: Environment): SandboxConfig {
  return Object.freeze({
    host: env['SANDBOX_HOST'] || '127.0.0.1',
    httpPort: wholeNumber(env, 'SANDBOX_HTTP_PORT', 8025, 65_535),
    smtpPort: wholeNumber(env, 'SANDBOX_SMTP_PORT', 2525, 65_535),
    slowMs: wholeNumber(env, 'SANDBOX_SLOW_MS', 10_000, 600_000),
    platform: readPlatform(env),
    kms: readKms(env),
    carriers: { twilio: readTwilio(env), sendgrid: readSendgrid(env) },
    storages: readStorages(env),
    lookups: {
      paystack: env['SANDBOX_PAYSTACK_SECRET_KEY'] || undefined,
      flutterwave: env['SANDBOX_FLUTTERWAVE_SECRET_KEY'] || undefined,
    },
  });
}

function readKms(env: Environment): KmsAccount | undefined {
  if (!env['SANDBOX_KMS_ACCESS_KEY_ID']) return undefined;
  return {
    accessKeyId: required(env, 'SANDBOX_KMS_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'SANDBOX_KMS_SECRET_ACCESS_KEY'),
    region: required(env, 'SANDBOX_KMS_REGION'),
    keyId: required(env, 'SANDBOX_KMS_KEY_ID'),
  };
}

function readTwilio(env: Environment): TwilioAccount | undefined {
  if (!env['SANDBOX_TWILIO_ACCOUNT_SID']) return undefined;
  return {
    accountSid: required(env, 'SANDBOX_TWILIO_ACCOUNT_SID'),
    apiKeySid: required(env, 'SANDBOX_TWILIO_API_KEY_SID'),
    apiKeySecret: required(env, 'SANDBOX_TWILIO_API_KEY_SECRET'),
    authToken: required(env, 'SANDBOX_TWILIO_AUTH_TOKEN'),
  };
}

function readSendgrid(env: Environment): SendgridAccount | undefined {
  if (!env['SANDBOX_SENDGRID_API_KEY']) return undefined;
  return {
    apiKey: required(env, 'SANDBOX_SENDGRID_API_KEY'),
    webhookKey: createPrivateKey(readFileSync(required(env, 'SANDBOX_SENDGRID_WEBHOOK_KEY_FILE'), 'utf8')),
    webhookUrl: required(env, 'SANDBOX_SENDGRID_WEBHOOK_URL'),
  };
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
}

function readPlatform(env: Environment): PlatformConfig | undefined {
  const tlsFolder = env['SANDBOX_TLS_DIR'];
  if (!tlsFolder) return undefined;
  const url = env['SANDBOX_RABBITMQ_URL'];
  return {
    tlsFolder,
    auditPort: wholeNumber(env, 'SANDBOX_AUDIT_PORT', 4291, 65_535),
    notificationPort: wholeNumber(env, 'SANDBOX_NOTIFICATION_PORT', 4292, 65_535),
    kycPort: wholeNumber(env, 'SANDBOX_KYC_PORT', 4293, 65_535),
    broker: url ? { url, caFile: env['SANDBOX_RABBITMQ_CA_FILE'] || undefined } : undefined,
  };
}

function wholeNumber(env: Environment, name: string, otherwise: number, max: number): number {
  const text = env[name] || String(otherwise);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) throw new Error(`${name} must be a whole number from 0 to ${max}`);
  return value;
}
