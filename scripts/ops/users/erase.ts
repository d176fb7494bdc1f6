import { readFileSync } from 'node:fs';
import { DomainError, type UserId, UserIdSchema, uuidv7 } from '@bank/domain';
import * as v from 'valibot';
import { callPatiently } from '#ops/call-patiently.ts';
import { readCommandLine } from '#ops/command-line.ts';
import { dataRightsClient, everyAppOptions, everyAppUsage, installationsOf, reasonOf } from '#ops/installation.ts';
import { progressLine } from '#ops/progress-line.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { type AppName, appNames, eachApp } from '#stack/settings/apps.ts';

const usage = `usage: pnpm ops users erase --from <file of user ids> ${everyAppUsage}`;
const options = { from: { type: 'string' }, ...everyAppOptions } as const;

/** As long as an app may wait for what holds a lock on the user. */
const deadlineMs = 30_000;

interface Request {
  readonly userId: UserId;
  /** Of the whole run: under it the ledger of each app tells of what was erased. */
  readonly requestId: string;
}

type Clients = Readonly<Record<AppName, ReturnType<typeof dataRightsClient>>>;
type Outcome = 'erased' | 'already' | { readonly refused: string };

/**
 * Erases the users of a list in every app, for good: those who were erased before a backup was restored that still has them. To
 * repeat it changes nothing. Gives whether nobody was refused. @throws StackError for a list with anything but ids, before anything
 * is erased, and when an app does not answer
 */
export async function eraseUsers(args: readonly string[]): Promise<boolean> {
  const { userIds, installations } = readOptions(args);
  const clients = eachApp((app) => dataRightsClient(app, installations[app], deadlineMs));
  const requestId = uuidv7();
  const counts = { erased: 0, already: 0, refused: 0 };
  const progress = progressLine();
  for (const [index, userId] of userIds.entries()) {
    const outcome = await eraseEverywhere(clients, { userId, requestId });
    if (typeof outcome === 'string') {
      counts[outcome] += 1;
    } else {
      counts.refused += 1;
      process.stdout.write(`${userId} is refused by ${outcome.refused}\n`);
    }
    progress.show(`${index + 1} of ${userIds.length} users`);
  }
  progress.end();
  const { erased, already, refused } = counts;
  process.stdout.write(`${erased} erased, ${already} were erased already, ${refused} refused; request ${requestId}\n`);
  return refused === 0;
}

/** By auth first: where it refuses, nothing of the user is destroyed. */
async function eraseEverywhere(clients: Clients, request: Request): Promise<Outcome> {
  const first = await eraseIn('auth', clients, request);
  if (typeof first !== 'string') return first;
  const rest = appNames.filter((app) => app !== 'auth');
  const outcomes = [first, ...(await Promise.all(rest.map((app) => eraseIn(app, clients, request))))];
  return (
    outcomes.find((outcome) => typeof outcome !== 'string') ?? outcomes.find((one) => one === 'erased') ?? 'already'
  );
}

async function eraseIn(app: AppName, clients: Clients, request: Request): Promise<Outcome> {
  try {
    const { erased } = await callPatiently(() => clients[app].eraseUser(request));
    return erased ? 'erased' : 'already';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // The backup is older than the user: there is nobody to erase, and the other apps note it, should they hear of them later.
    if (error.code === 'user.not_found') return 'already';
    if (error.code.startsWith('service.') || error.kind === 'forbidden') {
      throw new StackError(`${reasonOf(error, app)} Users before ${request.userId} are done; run it again`);
    }
    return { refused: `${app}: ${error.code}: ${error.publicMessage}` };
  }
}

function readOptions(args: readonly string[]) {
  const { from, ...given } = readCommandLine(args, { options }, usage).values;
  if (from === undefined) throw new StackError(usage);
  return { userIds: readUserIds(from), installations: installationsOf(given, usage) };
}

/** One id a line. The list of events names a user once for each app. */
function readUserIds(file: string): readonly UserId[] {
  const userIds = new Set<UserId>();
  for (const [index, line] of readLines(file).entries()) {
    if (line === '') continue;
    const { success, output } = v.safeParse(UserIdSchema, line);
    if (!success) throw new StackError(`${file}: line ${index + 1} is no user id`);
    userIds.add(output);
  }
  if (userIds.size === 0) throw new StackError(`${file} has no user id`);
  return [...userIds];
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    throw new StackError(`${file} cannot be read`);
  }
}
