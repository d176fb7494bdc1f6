import { envInteger, envSecret, envUrl } from '@bank/service-kit';
import * as v from 'valibot';
import type { ClamdAddress } from '#adapters/content/antivirus.ts';
import { providers } from '#adapters/storage/storage.ts';

const name = v.pipe(v.string(), v.nonEmpty('must be a name'));
const envClamd = v.pipe(
  v.string(),
  v.transform(readClamdAddress),
  v.check((address) => address !== undefined, 'must be tcp://host:port or unix:/path'),
  v.transform((address) => address as ClamdAddress),
);

/** Where files of users lie, and who looks into them. A storage that has its variables stays readable beside the chosen one. */
export const storageEnv = {
  STORAGE_PROVIDER: v.optional(v.picklist(providers, `must be one of ${providers.join(', ')}`), 'local'),
  STORAGE_DIR: v.optional(name),
  S3_BUCKET: v.optional(name),
  S3_REGION: v.optional(name),
  /** Another S3 than Amazon's. */
  S3_ENDPOINT: v.optional(envUrl('http', 'https')),
  /** Those of the machine's role unless said. */
  S3_ACCESS_KEY_ID: v.optional(name),
  S3_SECRET_ACCESS_KEY: v.optional(envSecret),
  S3_KMS_KEY_ID: v.optional(name),
  CLOUDINARY_BASE_URL: v.optional(envUrl('http', 'https'), 'https://api.cloudinary.com'),
  CLOUDINARY_CLOUD_NAME: v.optional(name),
  CLOUDINARY_API_KEY: v.optional(name),
  CLOUDINARY_API_SECRET: v.optional(envSecret),
  /** Nothing is looked for unless said. */
  CLAMD_ADDRESS: v.optional(envClamd),
  /** Files that are checked at the same time. */
  FILE_CHECKS_MAX: v.optional(envInteger(1, 64), '2'),
} as const;

const storageObject = v.object(storageEnv);
export type StorageConfig = v.InferOutput<typeof storageObject>;

const needs = {
  local: ['STORAGE_DIR'],
  s3: ['S3_BUCKET', 'S3_REGION'],
  cloudinary: ['CLOUDINARY_CLOUD_NAME', 'CLOUDINARY_API_KEY', 'CLOUDINARY_API_SECRET'],
} as const;

/** What the chosen storage lacks. */
export function storageProblems(
  config: StorageConfig,
): readonly (readonly [key: keyof StorageConfig, message: string])[] {
  const { STORAGE_PROVIDER: provider } = config;
  const missing = needs[provider].filter((key) => config[key] === undefined);
  const problems = missing.map((key) => [key, `is missing: STORAGE_PROVIDER is ${provider}`] as const);
  const hasHalf = (config.S3_ACCESS_KEY_ID === undefined) !== (config.S3_SECRET_ACCESS_KEY === undefined);
  return hasHalf
    ? [...problems, ['S3_ACCESS_KEY_ID', 'needs S3_SECRET_ACCESS_KEY, and the other way round']]
    : problems;
}

function readClamdAddress(text: string): ClamdAddress | undefined {
  const [, path] = /^unix:(\/.+)$/.exec(text) ?? [];
  if (path !== undefined) return { path };
  const url = URL.parse(text);
  if (url?.protocol !== 'tcp:' || url.hostname === '' || url.port === '') return undefined;
  return { host: url.hostname, port: Number(url.port) };
}
