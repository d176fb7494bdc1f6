import { Secret } from '@bank/domain';
import {
  type DeadLettersOptions,
  discardDeadLetters,
  discardUnreadable,
  type LetterAct,
  listDeadLetters,
  outgoingRow,
  replayDeadLetters,
  topology,
} from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { readCommandLine } from '#ops/command-line.ts';
import { describeLetters } from '#ops/dead-letter-text.ts';
import { writeNewFile } from '#ops/new-file.ts';
import { operatorRun } from '#ops/operator-run.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { secretsFolder } from '#stack/run/prepare.ts';
import { readOperatorBroker } from '#stack/settings/operator-broker.ts';
import { defaultStackFolder } from '#stack/settings/repository.ts';

/** The broker is that of OPERATOR_RABBITMQ_URL, else that of the development stack. */
const usages = {
  list: 'usage: pnpm ops dlq list [<queue>] [--limit <number>] [--json]',
  replay: 'usage: pnpm ops dlq replay <queue> --all, or --id <message id> (as often as wanted)',
  discard:
    'usage: pnpm ops dlq discard <queue> --id <message id> (as often as wanted; of what no release can read as an entry of the ledger once, with --save <file>)',
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
  const told = { ...lettersOf(queue), ...toldAs('dlq replay', queue) };
  const { replayed, tooOld } = await replayDeadLetters({ ...told, ...(all ? {} : { ids }) });
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
  const options = { id: { type: 'string', multiple: true }, save: { type: 'string' } } as const;
  const { values, positionals } = readCommandLine(args, { allowPositionals: true, options }, usages.discard);
  const queue = queueOf(positionals, usages.discard);
  const { id: ids = [], save: file } = values;
  const [id, ...others] = ids;
  if (queue === undefined || id === undefined) throw new StackError(usages.discard);
  if (file !== undefined) {
    if (others.length > 0) throw new StackError(usages.discard);
    return saveAndDiscard(queue, id, file);
  }
  const { discarded, kept } = await discardDeadLetters({ ...lettersOf(queue), ...toldAs('dlq discard', queue), ids });
  const missing = ids.filter((id) => !discarded.includes(id) && !kept.includes(id));
  print([
    `${queue}: ${discarded.length} discarded`,
    ...kept.map((id) => `  ${id} is an entry of the ledger and stays: replay it`),
    ...missing.map((id) => `  ${id} does not lie there`),
  ]);
  return kept.length + missing.length === 0;
}

/** Removes what nobody can read as an entry of the ledger, once the operator has it in a file. */
async function saveAndDiscard(queue: string, id: string, file: string): Promise<boolean> {
  const save = (body: Buffer) => writeNewFile(file, [body]);
  const told = { ...lettersOf(queue), ...toldAs('dlq discard', queue) };
  const outcome = await discardUnreadable({ ...told, id, save });
  const said = {
    discarded: `${queue}: 1 discarded, whose body is in ${file}`,
    kept: `${queue}: 0 discarded\n  ${id} is no unreadable entry of the ledger and stays: replay it, or discard it without --save`,
    missing: `${queue}: 0 discarded\n  ${id} does not lie there`,
  } as const;
  print([said[outcome]]);
  return outcome === 'discarded';
}

/** Entries go to the broker that the letters lie in: who can act on a letter can tell of it. */
function toldAs(command: string, queue: string) {
  const run = operatorRun(command);
  return {
    entryOf({ letter: { id, type }, outcome, digest }: LetterAct) {
      const { request, ...row } = run.rowOf({ queue, type, digest }, { subject: id, outcome });
      return outgoingRow({ ...row, ...request, sequence: null, createdAt: new Date() }, 'ops');
    },
  };
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
