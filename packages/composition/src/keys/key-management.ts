import type { KeyManagement } from '@bank/security';

/** Which key management service wraps keyrings, if one does. */
export interface KeyManagementConfig {
  readonly KMS_PROVIDER?: 'aws' | undefined;
  readonly KMS_KEY_ID?: string | undefined;
  readonly KMS_REGION?: string | undefined;
  readonly KMS_ENDPOINT?: string | undefined;
}

/** The service of the configuration; its client is loaded only where one is configured. @throws Error when its key is not said */
export async function openKeyManagement(config: KeyManagementConfig): Promise<KeyManagement | undefined> {
  const { KMS_PROVIDER, KMS_KEY_ID, KMS_REGION, KMS_ENDPOINT } = config;
  if (KMS_PROVIDER === undefined) return undefined;
  if (KMS_KEY_ID === undefined || KMS_REGION === undefined) {
    throw new Error('KMS_PROVIDER needs KMS_KEY_ID and KMS_REGION');
  }
  const { createAwsKeyManagement } = await import('#keys/aws-key-management.ts');
  return createAwsKeyManagement({ keyId: KMS_KEY_ID, region: KMS_REGION, endpoint: KMS_ENDPOINT });
}
