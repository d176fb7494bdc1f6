import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SecretStore, writePrivately } from '#stack/secrets/secret-store.ts';

/** A stack's accounts at the carriers of messages that the sandbox answers for. */
export interface CarrierAccounts {
  readonly twilio: {
    readonly accountSid: string;
    readonly apiKeySid: string;
    readonly apiKeySecret: string;
    readonly messagingServiceSid: string;
    /** Signs callbacks. */
    readonly authToken: string;
  };
  readonly sendgrid: {
    readonly apiKey: string;
    /** PKCS #8 in PEM, for the sandbox alone: it signs events. */
    readonly webhookKeyFile: string;
    /** SPKI in DER and base64, as SendGrid shows it. */
    readonly webhookPublicKey: string;
  };
}

/** The accounts of a stack, made at the first use. Everything of them is as long and as random as the real thing. */
export function carrierAccounts(secrets: SecretStore, secretsFolder: string): CarrierAccounts {
  const hex = (name: string) => createHash('sha256').update(secrets.password(name)).digest('hex').slice(0, 32);
  const webhookKeyFile = join(secretsFolder, 'sendgrid-webhook.pem');
  if (!existsSync(webhookKeyFile)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writePrivately(webhookKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  const publicKey = createPublicKey(readFileSync(webhookKeyFile, 'utf8'));
  return {
    twilio: {
      accountSid: `AC${hex('twilio_account')}`,
      apiKeySid: `SK${hex('twilio_api_key')}`,
      apiKeySecret: secrets.password('twilio_api_key_secret'),
      messagingServiceSid: `MG${hex('twilio_messaging_service')}`,
      authToken: secrets.password('twilio_auth_token'),
    },
    sendgrid: {
      apiKey: `SG.${secrets.password('sendgrid_api_key')}`,
      webhookKeyFile,
      webhookPublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    },
  };
}
