import type { Stack } from '@bank/scripts/stack';
import { runOperator } from '#operator.ts';

export interface Letter {
  readonly id: string;
  readonly reason: string;
  readonly failures: number;
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
}

/** `pnpm ops dlq …` against the broker of a stack, run as an operator does. Gives what it printed, and its exit code. */
export async function deadLetters(
  { operatorBroker: { url, caFile } }: Pick<Stack, 'operatorBroker'>,
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly printed: string }> {
  const env = { OPERATOR_RABBITMQ_URL: url, ...(caFile !== undefined && { OPERATOR_RABBITMQ_CA_FILE: caFile }) };
  return await runOperator(env, 'dlq', ...args);
}

/** The dead letters of a queue. @throws Error when the command could not find out */
export async function lettersOf(stack: Stack, queue: string): Promise<readonly Letter[]> {
  const { status, printed } = await deadLetters(stack, 'list', queue, '--json');
  if (status > 1 || !printed.startsWith('[')) throw new Error(`"pnpm ops dlq list" says: ${printed.trim()}`);
  const [listed] = JSON.parse(printed) as readonly { readonly letters: readonly Letter[] }[];
  return listed?.letters ?? [];
}
