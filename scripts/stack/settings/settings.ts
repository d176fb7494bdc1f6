import * as v from 'valibot';
import { StackError } from '#stack/host/stack-error.ts';
import { defaultPorts } from '#stack/settings/port-table.ts';

/** Variables that go to every app as they are; the app judges their values. */
export const appVariables = [
  'LOG_LEVEL',
  'SENTRY_DSN',
  'RATE_LIMIT_IP_MULTIPLIER',
  'SMTP_URL',
  'MAIL_FROM',
  'PUBLIC_BASE_URL',
  'TOKEN_ISSUER',
  'WEB_ORIGINS',
  'STAFF_ORIGINS',
] as const;

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'must be a port number'),
  v.transform(Number),
  v.minValue(1024, 'must be a port from 1024 to 65535'),
  v.maxValue(65_535, 'must be a port from 1024 to 65535'),
);

const launcherVariables = v.object({
  STACK_INSTALL: v.optional(v.picklist(['0', '1'], 'must be 0 or 1'), '1'),
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
}

export interface GivenAddresses {
  readonly postgres?: GivenService;
  readonly redis?: GivenService;
  readonly rabbitmq?: GivenService & { readonly managementUrl: string };
}

export interface Settings {
  readonly mayInstall: boolean;
  readonly given: GivenAddresses;
  /** Ports somebody asked for, by variable. */
  readonly pinnedPorts: ReadonlyMap<string, number>;
  readonly appVariables: Readonly<Record<string, string>>;
}

/** Names that may stand in `.env`. */
export const settingNames: readonly string[] = [
  ...Object.keys(launcherVariables.entries),
  ...Object.keys(defaultPorts),
  ...appVariables,
  ...['POSTGRES', 'REDIS', 'RABBITMQ', 'RABBITMQ_MANAGEMENT'].map((service) => `TEST_${service}_URL`),
];

/**
 * The launcher's settings: the environment, then `.env`. @throws StackError naming the first variable that is unknown in
 * `.env` or has a value that cannot be.
 */
export function readSettings(env: NodeJS.ProcessEnv, envFile: ReadonlyMap<string, string> = new Map()): Settings {
  const stranger = [...envFile.keys()].find((name) => !settingNames.includes(name));
  if (stranger !== undefined) {
    throw new StackError(`.env: ${stranger} is not a setting (see .env.example)`);
  }
  const values = pick(settingNames, (name) => env[name] || envFile.get(name));
  const read = judge(launcherVariables, values);
  return {
    mayInstall: read.STACK_INSTALL === '1',
    given: givenAddresses(read),
    pinnedPorts: new Map(
      Object.entries(
        judge(
          pinnedPorts,
          pick(Object.keys(defaultPorts), (name) => values[name]),
        ),
      ),
    ),
    appVariables: pick(appVariables, (name) => values[name]),
  };
}

function pick(names: readonly string[], read: (name: string) => string | undefined): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = read(name);
      return text === undefined || text === '' ? [] : [[name, text]];
    }),
  );
}

function judge<S extends v.GenericSchema>(schema: S, values: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, values);
  if (!result.success) {
    const [issue] = result.issues;
    throw new StackError(`${v.getDotPath(issue)}: ${issue.message}`);
  }
  return result.output;
}

type LauncherValues = v.InferOutput<typeof launcherVariables>;

function givenAddresses(read: LauncherValues): GivenAddresses {
  const { RABBITMQ_URL: broker, RABBITMQ_MANAGEMENT_URL: managementUrl } = read;
  if ((broker === undefined) !== (managementUrl === undefined)) {
    throw new StackError('RABBITMQ_URL and RABBITMQ_MANAGEMENT_URL: give both or neither');
  }
  return {
    ...(read.POSTGRES_URL === undefined ? {} : { postgres: given(read.POSTGRES_URL, read.POSTGRES_CA_FILE) }),
    ...(read.REDIS_URL === undefined ? {} : { redis: given(read.REDIS_URL, read.REDIS_CA_FILE) }),
    ...(broker === undefined || managementUrl === undefined
      ? {}
      : { rabbitmq: { ...given(broker, read.RABBITMQ_CA_FILE), managementUrl } }),
  };
}

function given(url: string, caFile: string | undefined): GivenService {
  return caFile === undefined ? { url } : { url, caFile };
}

function address(...protocols: readonly string[]) {
  const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ');
  return v.pipe(
    v.string(),
    v.check((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), `must begin with ${schemes}`),
  );
}
