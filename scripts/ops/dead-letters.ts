import { Secret } from '@bank/domain';
import {
  type DeadLettersOptions,
  discardDeadLetters,
  listDeadLetters,
  replayDeadLetters,
  topology,
} from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { readCommandLine } from '#ops/command-line.ts';
import { describeLetters } from '#ops/dead-letter-text.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { secretsFolder } from '#stack/run/prepare.ts';
import { readOperatorBroker } from '#stack/settings/operator-broker.ts';
import { defaultStackFolder } from '#stack/settings/repository.ts';

/** The broker is that of OPERATOR_RABBITMQ_URL, else that of the development stack. */
const usages = {
  list: 'usage: pnpm ops dlq list [<queue>] [--limit <number>] [--json]',
  replay: 'usage: pnpm ops dlq replay <queue> --all, or --id <message id> (as often as wanted)',
  discard: 'usage: pnpm ops dlq discard <queue> --id <message id> (as often as wanted)',
} as const;

const queueNames = [...topology.queues.map(({ name }) => name), topology.unroutable];
const shownByDefault = '100';

/** Prints the dead letters of a queue, or of all of them, without their content. Gives whether there are none. */
export async function listLetters(args: readonly string[]): Promise<boolean> {
  const options = { json: { type: 'boolean' }, limit: { type: 'string', default: shownByDefault } } as const;
  const { values, positionals } = readCommandLine(args, { allowPositionals: true, options }, usages.list);
  const queue = queueOf(positionals, usages.list);
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new StackError(usages.list);
  const queues = [];
  for (const name of queue === undefined ? queueNames : [queue]) {
    queues.push({ queue: name, letters: await listDeadLetters({ ...lettersOf(name), limit }) });
  }
  print(values.json ? [JSON.stringify(queues, null, 2)] : describeLetters(queues, limit));
  return queues.every(({ letters }) => letters.length === 0);
}

/** Puts dead letters back to where they failed. Gives whether everything that was asked for went back. */
export async function replayLetters(args: readonly string[]): Promise<boolean> {
  const options = { id: { type: 'string', multiple: true }, all: { type: 'boolean', default: false } } as const;
  const { values, positionals } = readCommandLine(args, { allowPositionals: true, options }, usages.replay);
  const queue = queueOf(positionals, usages.replay);
  const { id: ids = [], all } = values;
  if (queue === undefined || all === ids.length > 0) throw new StackError(usages.replay);
  const { replayed, tooOld } = await replayDeadLetters({ ...lettersOf(queue), ...(all ? {} : { ids }) });
  const missing = ids.filter((id) => !replayed.includes(id) && !tooOld.includes(id));
  print([
    `${queue}: ${replayed.length} replayed`,
    ...tooOld.map(
      (id) => `  ${id} is older than ${topology.deadLetterWeeks} weeks and stays: it might take effect twice`,
    ),
    ...missing.map((id) => `  ${id} does not lie there`),
  ]);
  return tooOld.length + missing.length === 0;
}

/** Removes dead letters for good. Gives whether all of them lay there, and could go. */
export async function discardLetters(args: readonly string[]): Promise<boolean> {
  const options = { id: { type: 'string', multiple: true } } as const;
  const { values, positionals } = readCommandLine(args, { allowPositionals: true, options }, usages.discard);
  const queue = queueOf(positionals, usages.discard);
  const { id: ids = [] } = values;
  if (queue === undefined || ids.length === 0) throw new StackError(usages.discard);
  const { discarded, kept } = await discardDeadLetters({ ...lettersOf(queue), ids });
  const missing = ids.filter((id) => !discarded.includes(id) && !kept.includes(id));
  print([
    `${queue}: ${discarded.length} discarded`,
    ...kept.map((id) => `  ${id} is an entry of the ledger and stays: replay it`),
    ...missing.map((id) => `  ${id} does not lie there`),
  ]);
  return kept.length + missing.length === 0;
}

function queueOf([queue, ...others]: readonly string[], usage: string): string | undefined {
  if (others.length > 0) throw new StackError(usage);
  if (queue !== undefined && !queueNames.includes(queue)) {
    throw new StackError(`there is no queue ${queue}: ${queueNames.join(', ')}`);
  }
  return queue;
}

function lettersOf(queue: string): DeadLettersOptions {
  const { url, caFile } = readOperatorBroker(secretsFolder(defaultStackFolder), process.env);
  return {
    url: new Secret(url),
    ...(caFile === undefined ? {} : { caFile }),
    queue,
    logger: createLogger({ service: 'ops', level: 'silent' }),
    limit: Number.POSITIVE_INFINITY,
  };
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
