import { DecryptCommand, GenerateDataKeyCommand, KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import { type KeyContext, type KeyManagement, KeyManagementFailed } from '@bank/security';

export interface AwsKeyManagementOptions {
  /** The id or the ARN of a symmetric key; it wraps nothing and unwraps nothing under another. */
  readonly keyId: string;
  readonly region: string;
  /** Where the service is, when it is not the public endpoint of the region. */
  readonly endpoint?: string | undefined;
  /** Within which it answers an attempt, 5,000 unless said. */
  readonly timeoutMs?: number;
}

// A start waits for it; a reload keeps the old keys meanwhile.
const attempts = 4;
const connectionTimeout = 2000;

/**
 * AWS Key Management Service, API of 2014-11-01. Who may ask comes from the usual chain of the SDK: variables, a token of the
 * cluster, the role of the machine. The context travels as encryption context, and so stands in AWS' log of who unwrapped what.
 */
export function createAwsKeyManagement(options: AwsKeyManagementOptions): KeyManagement {
  const { keyId, region, endpoint, timeoutMs = 5000 } = options;
  const client = new KMSClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true, // by itself the SDK only warns
      socketTimeout: timeoutMs,
    },
  });
  return {
    async unwrap(wrapped, context) {
      const command = new DecryptCommand({
        CiphertextBlob: wrapped,
        KeyId: keyId,
        EncryptionContext: encryptionContext(context),
      });
      const { Plaintext } = await client.send(command).catch((error) => fail(context, error));
      return Plaintext ?? fail(context, new Error('no key in the answer'));
    },
    async generate(context) {
      const command = new GenerateDataKeyCommand({
        KeyId: keyId,
        KeySpec: 'AES_256',
        EncryptionContext: encryptionContext(context),
      });
      const { Plaintext, CiphertextBlob } = await client.send(command).catch((error) => fail(context, error));
      if (Plaintext === undefined || CiphertextBlob === undefined) fail(context, new Error('no key in the answer'));
      return { key: Plaintext, wrapped: CiphertextBlob };
    },
  };
}

function encryptionContext({ app, keyring, key }: KeyContext): Record<string, string> {
  return { purpose: 'user-service keyring', app, keyring, key };
}

function fail(context: KeyContext, cause: unknown): never {
  // What the service answered for good is the client's fault; all else (not reached, throttled, broken) passes.
  const refused = cause instanceof KMSServiceException && cause.$fault === 'client' && cause.$retryable === undefined;
  const problem = cause instanceof Error ? `AWS KMS: ${cause.name}` : 'AWS KMS failed';
  throw new KeyManagementFailed(context, problem, { passes: !refused, cause });
}
