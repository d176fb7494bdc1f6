import { DomainError } from '@bank/domain';

const RETRY_AFTER_SECONDS = 2;

const socketErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the socket file of a server that is down
]);

/** PostgreSQL errors that pass by themselves (appendix A of its manual), with what the log says of each. */
const passingStates: Readonly<Record<string, string>> = {
  '25006': 'database is read-only, a failover is under way',
  '25P03': 'transaction was idle for too long',
  '40001': 'serialisation failure',
  '40P01': 'deadlock',
  '53000': 'database is short of resources',
  '53100': 'database has no disk space',
  '53200': 'database has no memory',
  '53300': 'too many connections',
  '53400': 'database has reached a limit of its configuration',
  '55P03': 'lock timeout',
  '57014': 'statement timeout',
  '57P01': 'database is shutting down',
  '57P02': 'database crashed',
  '57P03': 'database is starting',
  '57P05': 'session was idle for too long',
  '58030': 'database cannot read or write its files',
};

/** Those of them that one statement meets, while others get on: somebody holds a row or a lock that it needs. */
const contendedStates = new Set<unknown>(['40P01', '55P03']);

/** The driver reports a lost connection by words alone; these are the words of pg 8 and pg-pool 3. */
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired|There was an error establishing an SSL connection|Cannot use a pool after calling end)/;

interface DriverError extends Error {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly severity?: unknown;
}

function passingFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const { code } = error as DriverError;
  if (typeof code === 'string') {
    if (socketErrors.has(code)) {
      return `database connection: ${code}`;
    }
    return code.startsWith('08') ? 'database connection lost' : passingStates[code];
  }
  return lostConnection.test(error.message) ? 'database connection lost' : undefined;
}

/**
 * What a failure of the database means to whoever asked: `service.unavailable` (503, retry shortly) when it passes by
 * itself, marked where it is of this work alone, and otherwise the error as it is.
 */
export function translateFailure(error: unknown): unknown {
  const reason = passingFailure(error);
  return reason === undefined
    ? error
    : new DomainError('service.unavailable', {
        reason,
        cause: error,
        details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
        isContended: contendedStates.has((error as DriverError).code),
      });
}

/** States after which the server ends the session, whatever its severity is called in the server's language. */
const lastStates = new Set<unknown>(['25P03', '57P01', '57P02', '57P03', '57P05']);

/**
 * Whether the connection that a failure came by is over, which the driver may not have noticed yet: all but what the server says of one
 * statement, and what was wrong before anything was sent.
 */
export function endsConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, severity } = error as DriverError;
  if (typeof code !== 'string') return lostConnection.test(error.message);
  if (socketErrors.has(code) || code.startsWith('08') || lastStates.has(code)) return true;
  return severity === 'FATAL' || severity === 'PANIC';
}

/** Whether a statement broke the unique constraint of that name; without a name, any unique constraint. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return violates(error, '23505', constraint);
}

/** Whether a statement broke the check constraint of that name; without a name, any check constraint. */
export function isCheckViolation(error: unknown, constraint?: string): boolean {
  return violates(error, '23514', constraint);
}

function violates(error: unknown, state: string, constraint: string | undefined): boolean {
  const { code, constraint: broken } = (error instanceof Error ? error : {}) as Partial<DriverError>;
  return code === state && (constraint === undefined || broken === constraint);
}
