/** A failure that a person can act on. Its message is one line that names the thing and says what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

const systemFailures: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EMFILE: 'too many open files (raise "ulimit -n")',
  EADDRINUSE: 'the address is taken by another program',
  ECONNREFUSED: 'nothing answers at the address',
};

/** What went wrong in one line, for the terminal; multi-line causes are cut to their first line. */
export function describeFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return describeFailure(error.errors[0]);
  }
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { code, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : systemFailures[code];
  if (known !== undefined && !(error instanceof StackError)) {
    return path === undefined ? `${known} (${firstLine(error.message)})` : `${known}: ${path}`;
  }
  return firstLine(error.message);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
