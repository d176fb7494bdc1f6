import { isOnThisMachine, Secret } from '@bank/domain';

type Values = Readonly<Record<string, unknown>>;

const passwordLengthMin = 16;
const developmentWords = /^(?:dev|test|local|change|secret|password|guest|example|default)/i;
/** Where the development stack keeps what it generates. */
const developmentFolder = /(?:^|[\\/])\.stack(?:[\\/]|$)/;

/**
 * What a production environment may not say: plain text to Postgres, Redis, RabbitMQ, or any address but of this machine, weak
 * or development secrets, and limits wider than they are meant to be (SR-68, SR-84). One problem a line, naming the variable.
 */
export function productionProblems(values: Values): string[] {
  const problems = [...plaintextProblems(values)];
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && developmentFolder.test(value)) {
      problems.push(`${name}: must not be a development secret in production`);
    }
    if (value instanceof Secret && hasWeakPassword(value.reveal())) {
      problems.push(`${name}: the password is missing, weak or a development one`);
    }
  }
  if (values['RATE_LIMIT_IP_MULTIPLIER'] !== undefined && values['RATE_LIMIT_IP_MULTIPLIER'] !== 1) {
    problems.push('RATE_LIMIT_IP_MULTIPLIER: must be 1 in production');
  }
  return problems;
}

function* plaintextProblems(values: Values): Generator<string> {
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'OWNER_DATABASE_URL']) {
    const url = urlOf(values[name]);
    if (url !== undefined && !isVerifiedPostgres(url, values['DATABASE_CA_FILE'])) {
      yield `${name}: production needs verified TLS: set DATABASE_CA_FILE, or sslmode=verify-full in the URL`;
    }
  }
  const schemes = { REDIS_URL: 'rediss:', RABBITMQ_URL: 'amqps:' } as const;
  for (const [name, scheme] of Object.entries(schemes)) {
    const url = urlOf(values[name]);
    if (url !== undefined && url.protocol !== scheme) {
      yield `${name}: production needs TLS: use ${scheme}//`;
    }
  }
  // Whatever an address is for: keys, documents, messages and links go there, or come from it.
  for (const [name, value] of Object.entries(values)) {
    if (textsOf(value).some(isPlainHttp)) yield `${name}: production needs TLS: use https://`;
  }
}

/** A setting as it is given: what a secret hides, and each entry of a list. */
function textsOf(value: unknown): string[] {
  const texts: unknown[] = value instanceof Secret ? [value.reveal()] : [value].flat();
  return texts.filter((text) => typeof text === 'string');
}

/** A proxy on the same machine that speaks TLS for us is asked without. */
function isPlainHttp(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'http:' && !isOnThisMachine(url);
}

function isVerifiedPostgres(url: URL, caFile: unknown): boolean {
  const mode = url.searchParams.get('sslmode');
  return mode === null ? caFile !== undefined : mode === 'verify-full';
}

function urlOf(value: unknown): URL | undefined {
  return value instanceof Secret && URL.canParse(value.reveal()) ? new URL(value.reveal()) : undefined;
}

/** Of URLs the password counts, of other secrets the whole text. A Sentry DSN carries a public key, not a password. */
function hasWeakPassword(secret: string): boolean {
  const url = URL.canParse(secret) ? new URL(secret) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) {
    return false;
  }
  const password = url === undefined ? secret : url.password;
  return password.length < passwordLengthMin || developmentWords.test(password);
}
