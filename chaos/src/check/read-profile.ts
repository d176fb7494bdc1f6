import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Stack } from '@bank/scripts/stack';
import type pg from 'pg';
import type { ProfileRow } from '#check/history.ts';
import type {
  Case,
  Document,
  FileRow,
  FilesOfUsers,
  KycTables,
  Submission,
  Verification,
} from '#check/profile-tables.ts';

/** The housekeeping comes once an hour: what became due since its last round is there still. */
const roundAgo = `now() - interval '70 minutes'`;
const isStoredByNow = `status = 'stored' and upload_key is not null and upload_until < ${roundAgo}`;
const isOver = `expires_at < ${roundAgo} and upload_until < ${roundAgo}`;

/** What profile keeps of people, verifications and files, what lies in its folder, and what the provider has. */
export async function readProfile(
  { environments, addresses }: Pick<Stack, 'environments' | 'addresses'>,
  client: pg.Client,
): Promise<{ profiles: readonly ProfileRow[]; kyc: KycTables; files: FilesOfUsers }> {
  const rows = async <T extends pg.QueryResultRow>(sql: string): Promise<T[]> => (await client.query<T>(sql)).rows;
  // The folder first: what appears in it after this is no object without its row.
  const objects = await objectsIn(environments.profile['STORAGE_DIR']);
  return {
    profiles: await rows<ProfileRow>(
      `select user_id as "userId", version::int, identity_locked_at is not null as "isLocked" from profile.profiles`,
    ),
    kyc: {
      standings: await rows(
        'select user_id as "userId", tier, version::int, case_id as "caseId" from profile.kyc_standings',
      ),
      cases: await rows<Case>('select id, user_id as "userId", tier, status, attempt from profile.kyc_cases'),
      documents: await rows<Document>(
        'select id, user_id as "userId", state, file_id as "fileId" from profile.kyc_documents',
      ),
      submissions: await rows<Submission>(
        `select id, case_id as "caseId", attempt, state, verification_id as "verificationId" from profile.kyc_submissions`,
      ),
      verifications: await verificationsOf(addresses.sandbox.http),
    },
    files: {
      rows: await rows<FileRow>(
        `select id, user_id as "userId", purpose, status, upload_key as "uploadKey", stored_key as "storedKey",
          ((${isStoredByNow}) or (status <> 'stored' and ${isOver})) as "isDue" from profile.files`,
      ),
      objects,
    },
  };
}

async function objectsIn(folder: string | undefined): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ name, parentPath }) => (basename(parentPath) === 'begun' ? 'begun' : name));
}

/** None where the sandbox was started again meanwhile, which forgets. */
async function verificationsOf(sandboxUrl: string): Promise<readonly Verification[]> {
  const answer = await fetch(new URL('/api/kyc', sandboxUrl), { signal: AbortSignal.timeout(5_000) });
  return ((await answer.json()) as { items: readonly Verification[] }).items;
}
