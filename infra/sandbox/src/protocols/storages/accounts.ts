/** Storages of files that the sandbox answers for; those without an account are not served. */
export interface StorageAccounts {
  readonly s3: S3Account | undefined;
  readonly cloudinary: CloudinaryAccount | undefined;
}

/** A bucket, and who may use it. */
export interface S3Account {
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface CloudinaryAccount {
  readonly cloudName: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The accounts from `SANDBOX_S3_*` and `SANDBOX_CLOUDINARY_*`. @throws Error naming the variable that is missing */
export function readStorages(env: Environment): StorageAccounts | undefined {
  const s3 = allOf(env, 'SANDBOX_S3_BUCKET', ['SANDBOX_S3_ACCESS_KEY_ID', 'SANDBOX_S3_SECRET_ACCESS_KEY']);
  const cloudinary = allOf(env, 'SANDBOX_CLOUDINARY_CLOUD_NAME', [
    'SANDBOX_CLOUDINARY_API_KEY',
    'SANDBOX_CLOUDINARY_API_SECRET',
  ]);
  if (s3 === undefined && cloudinary === undefined) return undefined;
  return {
    s3: s3 && { bucket: s3[0], accessKeyId: s3[1], secretAccessKey: s3[2] },
    cloudinary: cloudinary && { cloudName: cloudinary[0], apiKey: cloudinary[1], apiSecret: cloudinary[2] },
  };
}

/** Three values, when the first of them is there. */
function allOf(
  env: Environment,
  first: string,
  others: readonly [string, string],
): readonly [string, string, string] | undefined {
  const value = env[first];
  return value ? [value, required(env, others[0]), required(env, others[1])] : undefined;
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
}
