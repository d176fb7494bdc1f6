import * as v from 'valibot';
import { StackError } from '#stack/host/stack-error.ts';
import { defaultPorts } from '#stack/settings/port-table.ts';

/** Variables that go to every app as they are; the app judges their values. `pnpm check settings` holds the list against the apps. */
export const appVariables = [
  'LOG_LEVEL',
  'SENTRY_DSN',
  'KMS_PROVIDER',
  'KMS_KEY_ID',
  'KMS_REGION',
  'KMS_ENDPOINT',
  'RATE_LIMIT_IP_MULTIPLIER',
  'EMAIL_PROVIDERS',
  'SMS_PROVIDERS',
  'SMTP_URL',
  'SENDGRID_BASE_URL',
  'SENDGRID_API_KEY',
  'SENDGRID_WEBHOOK_PUBLIC_KEY',
  'TWILIO_BASE_URL',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_API_KEY_SID',
  'TWILIO_API_KEY_SECRET',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_MESSAGING_SERVICE_SID',
  'TWILIO_FROM',
  'TWILIO_VERIFY_BASE_URL',
  'TWILIO_VERIFY_SERVICE_SID',
  'WEBHOOK_BASE_URL',
  'MESSAGE_DEADLINE_MS',
  'EMAILS_PER_ADDRESS_PER_HOUR',
  'EMAILS_PER_USER_PER_DAY',
  'EMAILS_PER_HOUR',
  'SMS_PER_NUMBER_PER_HOUR',
  'SMS_PER_USER_PER_DAY',
  'SMS_PER_PREFIX_PER_HOUR',
  'SMS_PER_HOUR',
  'MAIL_FROM',
  'PUBLIC_BASE_URL',
  'STAFF_BASE_URL',
  'TOKEN_ISSUER',
  'API_ORIGINS',
  'WEB_ORIGINS',
  'STAFF_ORIGINS',
  'WEBAUTHN_RP_ID',
  'WEBAUTHN_APP_ORIGINS',
  'WEBAUTHN_ATTESTATION',
  'WEBAUTHN_ATTESTATION_ROOTS_FILE',
  'BRAND',
  'TERMS_VERSION',
  'CONSENT_VERSIONS',
  'DEFAULT_CURRENCY',
  'DEFAULT_TIME_ZONE',
  'REGISTRATION_MAILS_PER_HOUR',
  'PHONE_COOL_DOWN_DAYS',
  'TRUSTED_DEVICE_DAYS',
  'CUSTOMER_AGE_MIN_YEARS',
  'REFUSE_DISPOSABLE_EMAILS',
  'CHECK_EMAIL_DOMAINS',
  'EMAIL_DOMAIN_BUDGET_MS',
  'DNS_SERVERS',
  'RECOVERY_DELAY_HOURS',
  'PASSWORD_CONTEXT_WORDS',
  'BREACHED_PASSWORDS_FILE',
  'ARGON2_MEMORY_KIB',
  'ARGON2_ITERATIONS',
  'ARGON2_PARALLELISM',
  'PASSWORD_CHECK_MIN_MS',
  'STORAGE_PROVIDER',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ENDPOINT',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'S3_KMS_KEY_ID',
  'CLOUDINARY_BASE_URL',
  'CLOUDINARY_CLOUD_NAME',
  'CLOUDINARY_API_KEY',
  'CLOUDINARY_API_SECRET',
  'CLAMD_ADDRESS',
  'FILE_CHECKS_MAX',
  'BANK_ACCOUNT_PROVIDERS',
  'BILL_PROVIDERS',
  'PAYSTACK_BASE_URL',
  'PAYSTACK_SECRET_KEY',
  'FLUTTERWAVE_BASE_URL',
  'FLUTTERWAVE_SECRET_KEY',
  'LOOKUP_DEADLINE_MS',
  'LOOKUPS_PER_USER_PER_DAY',
  'KYC_WEBHOOK_SECRET',
] as const;

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'must be a port number'),
  v.transform(Number),
  v.minValue(1024, 'must be a port from 1024 to 65535'),
  v.maxValue(65_535, 'must be a port from 1024 to 65535'),
);

const onByDefault = v.optional(v.picklist(['0', '1'], 'must be 0 or 1'), '1');
const switches = v.object({
  STACK_INSTALL: onByDefault,
  STACK_DOCKER: onByDefault,
  STACK_POOLER: v.optional(v.picklist(['0', '1'], 'must be 0 or 1'), '0'),
  STACK_REPLICAS: v.optional(v.pipe(v.string(), v.regex(/^[1-9]$/, 'must be from 1 to 9'), v.transform(Number)), '1'),
});

const addresses = v.object({
  POSTGRES_URL: v.optional(
    v.pipe(
      address('postgres:', 'postgresql:'),
      v.check((url) => new URL(url).search === '', 'must not carry parameters; POSTGRES_CA_FILE asks for TLS'),
    ),
  ),
  POSTGRES_CA_FILE: v.optional(v.string()),
  REDIS_URL: v.optional(address('redis:', 'rediss:')),
  REDIS_CA_FILE: v.optional(v.string()),
  RABBITMQ_URL: v.optional(address('amqp:', 'amqps:')),
  RABBITMQ_CA_FILE: v.optional(v.string()),
  RABBITMQ_MANAGEMENT_URL: v.optional(address('http:', 'https:')),
});

const pinnedPorts = v.record(v.string(), port);

/** A service that somebody else runs; its address carries the right to create what the stack needs. */
export interface GivenService {
  readonly url: string;
  readonly caFile?: string;
  /** The variable that holds the address, for errors. */
  readonly variable: string;
}

export interface GivenAddresses {
  readonly postgres?: GivenService;
  readonly redis?: GivenService;
  readonly rabbitmq?: GivenService & { readonly managementUrl: string };
}

export interface Settings {
  readonly mayInstall: boolean;
  /** Whether a Docker engine that answers is used. */
  readonly mayUseDocker: boolean;
  /** Whether PgBouncer stands between the apps and Postgres. */
  readonly pooler: boolean;
  /** How often each app runs. */
  readonly replicas: number;
  readonly given: GivenAddresses;
  /** What the names of the variables begin with that `given` is read from. */
  readonly addressPrefix: '' | typeof testPrefix;
  /** Ports somebody asked for, by variable. */
  readonly pinnedPorts: ReadonlyMap<string, number>;
  readonly appVariables: Readonly<Record<string, string>>;
}

const testPrefix = 'TEST_';

/** Names that may stand in `.env`. */
export const settingNames: readonly string[] = [
  ...Object.keys(switches.entries),
  ...Object.keys(addresses.entries),
  ...Object.keys(addresses.entries).map((name) => `${testPrefix}${name}`),
  ...Object.keys(defaultPorts),
  ...appVariables,
];

type Values = Readonly<Record<string, string>>;

/**
 * The launcher's settings: the environment, then `.env`. @throws StackError naming the first variable that is unknown in
 * `.env` or has a value that cannot be
 */
export function readSettings(env: NodeJS.ProcessEnv, envFile: ReadonlyMap<string, string> = new Map()): Settings {
  const values = readValues(env, envFile);
  return {
    ...readSwitches(values),
    given: readAddresses(values, ''),
    addressPrefix: '',
    pinnedPorts: new Map(Object.entries(judge(pinnedPorts, pick(Object.keys(defaultPorts), values)))),
    appVariables: pick(appVariables, values),
  };
}

/** Settings of stores for tests: only `TEST_*` addresses are read, so that no test reaches a development store. */
export function readTestSettings(env: NodeJS.ProcessEnv, envFile: ReadonlyMap<string, string> = new Map()): Settings {
  const values = readValues(env, envFile);
  return {
    ...readSwitches(values),
    given: readAddresses(values, testPrefix),
    addressPrefix: testPrefix,
    pinnedPorts: new Map(),
    appVariables: {},
  };
}

function readSwitches(values: Values): Pick<Settings, 'mayInstall' | 'mayUseDocker' | 'pooler' | 'replicas'> {
  const { STACK_INSTALL, STACK_DOCKER, STACK_POOLER, STACK_REPLICAS } = judge(switches, values);
  return {
    mayInstall: STACK_INSTALL === '1',
    mayUseDocker: STACK_DOCKER === '1',
    pooler: STACK_POOLER === '1',
    replicas: STACK_REPLICAS,
  };
}

function readValues(env: NodeJS.ProcessEnv, envFile: ReadonlyMap<string, string>): Values {
  const stranger = [...envFile.keys()].find((name) => !settingNames.includes(name));
  if (stranger !== undefined) {
    throw new StackError(
      `.env: ${stranger} is not a setting of the launcher: those stand in scripts/stack/settings/settings.ts, described in .env.example`,
    );
  }
  return pick(settingNames, { ...Object.fromEntries(envFile), ...withoutEmpty(env) });
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, text]) => text !== ''));
}

function pick(names: readonly string[], values: NodeJS.ProcessEnv): Values {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = values[name];
      return text === undefined || text === '' ? [] : [[name, text]];
    }),
  );
}

function readAddresses(values: Values, prefix: string): GivenAddresses {
  const unprefixed = Object.keys(addresses.entries).map((name) => [name, values[`${prefix}${name}`]]);
  const read = judge(addresses, Object.fromEntries(unprefixed), prefix);
  const {
    POSTGRES_URL: postgres,
    REDIS_URL: redis,
    RABBITMQ_URL: broker,
    RABBITMQ_MANAGEMENT_URL: managementUrl,
  } = read;
  if ((broker === undefined) !== (managementUrl === undefined)) {
    throw new StackError(`${prefix}RABBITMQ_URL and ${prefix}RABBITMQ_MANAGEMENT_URL: give both or neither`);
  }
  const given = (url: string, store: string, caFile: string | undefined) => {
    return { url, variable: `${prefix}${store}_URL`, ...(caFile === undefined ? {} : { caFile }) };
  };
  return {
    ...(postgres === undefined ? {} : { postgres: given(postgres, 'POSTGRES', read.POSTGRES_CA_FILE) }),
    ...(redis === undefined ? {} : { redis: given(redis, 'REDIS', read.REDIS_CA_FILE) }),
    ...(broker === undefined || managementUrl === undefined
      ? {}
      : { rabbitmq: { ...given(broker, 'RABBITMQ', read.RABBITMQ_CA_FILE), managementUrl } }),
  };
}

function judge<S extends v.GenericSchema>(schema: S, values: unknown, prefix = ''): v.InferOutput<S> {
  const result = v.safeParse(schema, values);
  if (!result.success) {
    const [issue] = result.issues;
    throw new StackError(`${prefix}${v.getDotPath(issue)}: ${issue.message}`);
  }
  return result.output;
}

function address(...protocols: readonly string[]) {
  const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ');
  return v.pipe(
    v.string(),
    v.check((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), `must begin with ${schemes}`),
  );
}
