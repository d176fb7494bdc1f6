import { DataKeyMissing, readerOf, withTransaction } from '@bank/database';
import { allow, parse, type UserId } from '@bank/domain';
import type { AppContext, ReadContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { ExportSchema } from '#features/import/schemas.ts';
import { type Contact, openContact } from '#features/user/contact.ts';
import type { ExportedUser } from '#storage/imports/export.repository.ts';

/** A user with everything that another system would need. */
export interface UserExport extends Omit<ExportedUser, 'contact'>, Contact {}

const pageSize = 200;

/**
 * Every user who is not erased, in the order of their ids. The ledger is told first, and nothing leaves when it cannot be;
 * hashes leave only when they are asked for. @throws access.forbidden, request.invalid, service.unavailable
 */
export async function* exportUsers(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): AsyncGenerator<UserExport> {
  const who = allow.service(caller.actor, ['ops']);
  const { runId, withHashes } = parse(ExportSchema, input);
  const details = { command: 'users export', withHashes };
  await withTransaction(ctx, { who, audits: ['operator.command_run'] }, (tx) =>
    tx.audit({ action: 'operator.command_run', subject: runId, outcome: 'success', details }),
  );
  const reader = readerOf(ctx);
  let page = await reader.exports.page(undefined, pageSize);
  while (page.length > 0) {
    await reader.vault.loadKeys(
      reader.em,
      page.map(({ id }) => id),
    );
    for (const { contact, passwordHash, ...user } of page) {
      const addresses = await openUnlessErased(reader, user.id, contact);
      if (addresses === undefined) continue;
      yield { ...user, ...addresses, passwordHash: withHashes ? passwordHash : null };
    }
    page = await reader.exports.page(page.at(-1)?.id, pageSize);
  }
}

/** Undefined for who was erased after the page was read. */
async function openUnlessErased(
  reader: ReadContext,
  userId: UserId,
  contact: Uint8Array,
): Promise<Contact | undefined> {
  try {
    return await openContact(reader, { table: 'users', userId }, contact);
  } catch (error) {
    if (error instanceof DataKeyMissing) return undefined;
    throw error;
  }
}
