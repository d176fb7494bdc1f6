import type { UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { userActivated, userRegistered, userStatusChanged } from '#events.ts';
import type { Candidate, ImportOutcome, Outcomes } from '#features/import/judge-lines.ts';
import { sealContact } from '#features/user/contact.ts';
import type { NewImportedUser } from '#storage/imports/import.repository.ts';

/** A line with the user it becomes. */
export interface NewLine extends Candidate {
  readonly userId: UserId;
  readonly passwordHash: string | undefined;
}

/** The client under which other services see who was imported. */
const importClient = 'import';

/**
 * Writes users with everything that belongs to them, all of them in one transaction. Who gets a line and an address is
 * decided by their unique keys, as registrations and other imports go on meanwhile.
 */
export async function writeUsers(tx: AppTransaction, lines: readonly NewLine[]): Promise<Outcomes> {
  if (lines.length === 0) return new Map();
  const { won, lost } = await claim(tx, lines);
  if (won.length > 0) {
    await tx.vault.createKeysOfNew(
      tx.em,
      won.map(({ userId }) => userId),
    );
    await tx.imports.insertUsers(await Promise.all(won.map((line) => newUser(tx, line))), tx.clock.now());
    for (const line of won) await announce(tx, line);
  }
  const created = won.map(({ index, userId }) => [index, { kind: 'created', userId }] as const);
  return new Map<number, ImportOutcome>([...created, ...lost]);
}

async function claim(
  tx: AppTransaction,
  lines: readonly NewLine[],
): Promise<{ won: readonly NewLine[]; lost: Outcomes }> {
  const at = tx.clock.now();
  const wanted = (digests: 'identity' | 'email' | 'phone', of: readonly NewLine[]) =>
    of.map((line) => ({ userId: line.userId, digests: line[digests] }));
  const lost = new Map<number, ImportOutcome>();
  const noted = await tx.imports.claimLines(wanted('identity', lines), at);
  const fresh = lines.filter(({ userId }) => noted.has(userId));
  for (const { index, userId } of lines)
    if (!noted.has(userId)) lost.set(index, { kind: 'already', userId: undefined });
  const mails = await tx.imports.claimAddresses('email', wanted('email', fresh), at);
  const numbers = await tx.imports.claimAddresses('phone', wanted('phone', fresh), at);
  const won: NewLine[] = [];
  for (const line of fresh) {
    const hasNumber = line.phone.length === 0 || numbers.has(line.userId);
    if (mails.has(line.userId) && hasNumber) won.push(line);
    else lost.set(line.index, { kind: 'refused', field: hasNumber ? 'email' : 'phone', rule: 'taken' });
  }
  const winners = new Set(won);
  await tx.imports.release(lines.filter((line) => !winners.has(line)).map(({ userId }) => userId));
  return { won, lost };
}

async function newUser(tx: AppTransaction, { userId, line, passwordHash }: NewLine): Promise<NewImportedUser> {
  const at = tx.clock.now();
  const { email, phone = null } = line;
  return {
    id: userId,
    locked: line.locked,
    contact: await sealContact(tx, { table: 'users', userId }, { email, phone }),
    emailVerifiedAt: line.emailVerified ? at : null,
    phoneVerifiedAt: line.phoneVerified && phone !== null ? at : null,
    locale: line.locale ?? null,
    acceptedTerms: line.acceptedTerms ?? null,
    createdAt: line.createdAt ?? at,
    passwordHash,
  };
}

/** Other services learn of one who is imported as of one who registers. */
async function announce(tx: AppTransaction, { userId, line }: NewLine): Promise<void> {
  const at = tx.clock.now();
  const { locale = null, acceptedTerms = '' } = line;
  await tx.emit(userRegistered({ userId, clientId: importClient, locale, acceptedTerms, at }));
  await tx.emit(userActivated({ userId, roles: ['customer'], locale, at }));
  if (line.locked) await tx.emit(userStatusChanged({ userId, from: 'active', to: 'locked', version: 2, at }));
  await tx.audit({ action: 'user.created', subject: userId, outcome: 'success', details: { by: 'import' } });
}
