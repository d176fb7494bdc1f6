import { DomainError } from '@bank/domain';
import type { MetricFactory } from '@bank/observability';
import type { LinkSigner } from '#adapters/links/link-signer.ts';
import { LocalStorage } from '#adapters/storage/local-storage.ts';
import { measured } from '#adapters/storage/measured.ts';
import type { Provider, StorageService } from '#adapters/storage/storage.ts';
import type { StorageConfig } from '#storage-config.ts';

/** The storages that are configured: one that new files go to, and those that older ones still lie in. */
export interface Storages {
  readonly current: StorageService;
  /** Undefined where no folder is configured. */
  readonly local: LocalStorage | undefined;
  /** @throws service.unavailable when that storage is not configured (any more) */
  of(provider: string): StorageService;
}

interface Surroundings {
  readonly signer: LinkSigner;
  readonly metrics: MetricFactory;
  readonly baseUrl: string;
}

/** Opens what the configuration names; nothing is called yet. The library of S3 is loaded only where it is used. */
export async function openStorages(
  config: StorageConfig,
  { signer, metrics, baseUrl }: Surroundings,
): Promise<Storages> {
  const { STORAGE_DIR: folder } = config;
  const local = folder === undefined ? undefined : new LocalStorage({ folder, baseUrl, signer });
  const opened = [local, await openS3(config), await openCloudinary(config)].filter((one) => one !== undefined);
  const services = new Map<string, StorageService>(opened.map((one) => [one.provider, measured(one, metrics)]));
  function of(provider: string): StorageService {
    const service = services.get(provider);
    if (service !== undefined) return service;
    throw new DomainError('service.unavailable', { reason: `the storage ${provider} is not configured` });
  }
  return { current: of(config.STORAGE_PROVIDER satisfies Provider), local, of };
}

async function openS3(config: StorageConfig): Promise<StorageService | undefined> {
  const { S3_BUCKET: bucket, S3_REGION: region, S3_ACCESS_KEY_ID: accessKeyId } = config;
  const { S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if (bucket === undefined || region === undefined) return undefined;
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
  const { S3Storage } = await import('#adapters/storage/s3-storage.ts');
  return new S3Storage({ bucket, region, credentials, endpoint: config.S3_ENDPOINT, kmsKeyId: config.S3_KMS_KEY_ID });
}

async function openCloudinary(config: StorageConfig): Promise<StorageService | undefined> {
  const { CLOUDINARY_BASE_URL: baseUrl, CLOUDINARY_CLOUD_NAME: cloudName } = config;
  const { CLOUDINARY_API_KEY: apiKey, CLOUDINARY_API_SECRET: apiSecret } = config;
  if (cloudName === undefined || apiKey === undefined || apiSecret === undefined) return undefined;
  const { CloudinaryStorage } = await import('#adapters/storage/cloudinary-storage.ts');
  return new CloudinaryStorage({ baseUrl, cloudName, apiKey, apiSecret });
}
