import { carrierAccounts } from '#stack/secrets/carrier-accounts.ts';
import type { SecretStore } from '#stack/secrets/secret-store.ts';

interface Accounts {
  readonly gatewayUrl: string;
  readonly secrets: SecretStore;
  readonly secretsFolder: string;
}

interface Surroundings extends Accounts {
  readonly smtpUrl: string;
  readonly sandboxUrl: string;
  readonly staffUrl: string;
  readonly platform: { readonly notification: string };
}

/** What auth needs to write to people: in a development stack everything goes to the sandbox. */
export function messageVariables(around: Surroundings): Record<string, string> {
  const { smtpUrl, sandboxUrl, gatewayUrl, staffUrl, platform, secrets, secretsFolder } = around;
  const { twilio, sendgrid } = carrierAccounts(secrets, secretsFolder);
  return {
    EMAIL_PROVIDERS: 'smtp,sendgrid',
    SMS_PROVIDERS: 'twilio,notification',
    NOTIFICATION_RPC_URL: platform.notification,
    SMTP_URL: smtpUrl,
    SENDGRID_BASE_URL: `${sandboxUrl}/sendgrid`,
    SENDGRID_API_KEY: sendgrid.apiKey,
    SENDGRID_WEBHOOK_PUBLIC_KEY: sendgrid.webhookPublicKey,
    TWILIO_BASE_URL: `${sandboxUrl}/twilio`,
    TWILIO_ACCOUNT_SID: twilio.accountSid,
    TWILIO_API_KEY_SID: twilio.apiKeySid,
    TWILIO_API_KEY_SECRET: twilio.apiKeySecret,
    TWILIO_AUTH_TOKEN: twilio.authToken,
    TWILIO_MESSAGING_SERVICE_SID: twilio.messagingServiceSid,
    MAIL_FROM: 'Bank <no-reply@bank.example>',
    PUBLIC_BASE_URL: gatewayUrl,
    STAFF_BASE_URL: staffUrl,
  };
}

/** The same accounts as the sandbox knows them, and where it calls back. */
export function carrierVariables(around: Accounts): Record<string, string> {
  const { twilio, sendgrid } = carrierAccounts(around.secrets, around.secretsFolder);
  return {
    SANDBOX_TWILIO_ACCOUNT_SID: twilio.accountSid,
    SANDBOX_TWILIO_API_KEY_SID: twilio.apiKeySid,
    SANDBOX_TWILIO_API_KEY_SECRET: twilio.apiKeySecret,
    SANDBOX_TWILIO_AUTH_TOKEN: twilio.authToken,
    SANDBOX_SENDGRID_API_KEY: sendgrid.apiKey,
    SANDBOX_SENDGRID_WEBHOOK_KEY_FILE: sendgrid.webhookKeyFile,
    SANDBOX_SENDGRID_WEBHOOK_URL: `${around.gatewayUrl}/v1/webhooks/sendgrid`,
  };
}
