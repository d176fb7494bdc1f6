import { StackError } from '#stack/host/stack-error.ts';

const known = ['--static', '--coverage', '--full', '--pgbouncer'] as const;

/** What `pnpm verify` and `npm test` are asked to do. */
export interface VerifyOptions {
  /** Only what reads the sources. */
  readonly isStatic: boolean;
  /** Everything, and what takes longer. */
  readonly isFull: boolean;
  /** Only the integration tests, by way of PgBouncer. */
  readonly isPooler: boolean;
  readonly withCoverage: boolean;
}

/** Reads the arguments of the command. @throws StackError naming one that it does not know, and those that it does */
export function readOptions(args: readonly string[]): VerifyOptions {
  const strange = args.find((arg) => !known.some((option) => option === arg));
  if (strange !== undefined) throw new StackError(`there is no option "${strange}": ${known.join(', ')}`);
  const isFull = args.includes('--full');
  return {
    isStatic: args.includes('--static'),
    isFull,
    isPooler: args.includes('--pgbouncer'),
    withCoverage: isFull || args.includes('--coverage'),
  };
}
