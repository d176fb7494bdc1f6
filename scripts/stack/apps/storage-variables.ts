import type { SecretStore } from '#stack/secrets/secret-store.ts';

interface Surroundings {
  readonly storageFolder: string;
  readonly sandboxUrl: string;
  readonly secrets: SecretStore;
  readonly overrides: Readonly<Record<string, string>>;
}

const bucket = 'bank-files';
const cloudName = 'bank';

/** What profile needs to keep files: a folder, or where somebody asks for them the sandbox's S3 or Cloudinary. */
export function storageVariables({
  storageFolder,
  sandboxUrl,
  secrets,
  overrides,
}: Surroundings): Record<string, string> {
  const { STORAGE_PROVIDER: provider = 'local' } = overrides;
  const { s3, cloudinary } = storageAccounts(secrets);
  return {
    STORAGE_PROVIDER: provider,
    STORAGE_DIR: storageFolder,
    ...(provider === 's3' && {
      S3_ENDPOINT: `${sandboxUrl}/s3`,
      S3_REGION: 'eu-central-1',
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: s3.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    }),
    ...(provider === 'cloudinary' && {
      CLOUDINARY_BASE_URL: `${sandboxUrl}/cloudinary`,
      CLOUDINARY_CLOUD_NAME: cloudName,
      CLOUDINARY_API_KEY: cloudinary.apiKey,
      CLOUDINARY_API_SECRET: cloudinary.apiSecret,
    }),
  };
}

/** The same accounts as the sandbox knows them. */
export function sandboxStorages(secrets: SecretStore): Record<string, string> {
  const { s3, cloudinary } = storageAccounts(secrets);
  return {
    SANDBOX_S3_BUCKET: bucket,
    SANDBOX_S3_ACCESS_KEY_ID: s3.accessKeyId,
    SANDBOX_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    SANDBOX_CLOUDINARY_CLOUD_NAME: cloudName,
    SANDBOX_CLOUDINARY_API_KEY: cloudinary.apiKey,
    SANDBOX_CLOUDINARY_API_SECRET: cloudinary.apiSecret,
  };
}

/** The accounts of a stack, made at the first use. */
function storageAccounts(secrets: SecretStore) {
  return {
    s3: { accessKeyId: `AKIA${secrets.password('s3_access_key')}`, secretAccessKey: secrets.password('s3_secret_key') },
    cloudinary: {
      apiKey: secrets.password('cloudinary_api_key'),
      apiSecret: secrets.password('cloudinary_api_secret'),
    },
  };
}
