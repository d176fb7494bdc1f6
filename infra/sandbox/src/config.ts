export interface SandboxConfig {
  readonly host: string;
  readonly httpPort: number;
  readonly smtpPort: number;
  /** How long the slow outcomes take. */
  readonly slowMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The sandbox's settings from `SANDBOX_*`. @throws Error naming the variable that cannot be understood */
export function readSandboxConfig(env: Environment): SandboxConfig {
  return Object.freeze({
    host: env['SANDBOX_HOST'] || '127.0.0.1',
    httpPort: wholeNumber(env, 'SANDBOX_HTTP_PORT', 8025, 65_535),
    smtpPort: wholeNumber(env, 'SANDBOX_SMTP_PORT', 2525, 65_535),
    slowMs: wholeNumber(env, 'SANDBOX_SLOW_MS', 10_000, 600_000),
  });
}

function wholeNumber(env: Environment, name: string, otherwise: number, max: number): number {
  const text = env[name] || String(otherwise);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) throw new Error(`${name} must be a whole number from 0 to ${max}`);
  return value;
}
