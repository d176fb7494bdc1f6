import { announcementOf, noisePicture } from '@bank/test-bed';
import type { Account } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';
import { versionIn } from '#load/actions/version-in.ts';
import type { UploadLink } from '#load/gateway-client.ts';
import { settle } from '#load/text.ts';
import type { Random, Shares } from '#random.ts';

/** What users are told of their verification, as far as it says what to do next. */
interface Verification {
  readonly status: string;
  readonly next: readonly { readonly tier: number; readonly missing: Missing }[];
}

interface Missing {
  readonly profile: readonly string[];
  readonly documents: readonly { readonly anyOf: readonly { readonly kind: string; readonly sides: string[] }[] }[];
}

const picture = noisePicture(240);
const announced = announcementOf(picture);
const who = { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10', nationality: 'DE' };
/** Kinds that have a number, which is what the sandbox decides by. */
const numbered = /passport|_id$|licence|permit|card/;

/** What the number of a document brings about, and how often of a hundred. */
const outcomes: Shares<string> = [
  [34, 'APPROVE'],
  [10, 'REJECT'],
  [10, 'MORE'],
  [8, 'TWICE'],
  [8, 'LATE'],
  [8, 'LOST'],
  [8, 'NEVER'],
  [6, 'FLAKY'],
  [6, 'MUTE'],
  [2, 'INVALID'],
];

/** What one of them does at most before somebody else's turn. */
const stepsMax = 5;

/** Goes on with the user's verification as far as it comes: their data, documents, handing in. */
export const goOnWithCase = caseWith((random) => random.pickByShare(outcomes));

/** The same with documents by whose numbers the sandbox lets that happen. */
export function caseWith(outcomeOf: OutcomeOf): Action {
  return async (actor, account) => {
    const token = account.session?.accessToken;
    if (token === undefined) return renew(actor, account);
    for (let step = 0; step < stepsMax; step += 1) {
      if (!(await takeStep(actor, account, token, outcomeOf))) return;
    }
  };
}

type OutcomeOf = (random: Random) => string;

/** Asks how far the verification is, and does the next thing for it. Gives whether there is another that may be done now. */
async function takeStep(actor: Actor, account: Account, token: string, outcomeOf: OutcomeOf): Promise<boolean> {
  const { client, random } = actor;
  if (account.open.document !== undefined) return completeAgain(actor, account, token, account.open.document);
  const asked = await client.send('GET', '/v1/kyc', { token });
  if (asked.status === 401) await renew(actor, account);
  if (asked.status !== 200) return false;
  const { status, next } = asked.body as Verification;
  const [goal] = next;
  if (goal === undefined || status === 'submitted' || status === 'in_review') return false;
  if (goal.missing.profile.length > 0) return identify(actor, account, token);
  // Of every case, and every question, the first thing is a document whose number decides.
  const isFresh = status !== 'draft' || random.between(1, 6) === 1;
  const [proof] = goal.missing.documents;
  if (!isFresh && proof === undefined) return handIn(actor, account, token, goal.tier);
  const { kind, sides } = (isFresh ? undefined : proof && random.pick(proof.anyOf)) ?? passport;
  const document = { kind, side: sides[0] ?? 'front', outcome: outcomeOf(random) };
  const isAdded = await addDocument(actor, account, token, document);
  if (!isAdded || status !== 'more_information') return isAdded;
  return handIn(actor, account, token, goal.tier);
}

const passport = { kind: 'passport', sides: ['front'] };

async function identify({ client, journal }: Actor, account: Account, token: string): Promise<boolean> {
  const read = await client.send('GET', '/v1/profile', { token });
  if (read.status !== 200) return false;
  const { occupation } = read.body as { occupation: string | null };
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  const body = { ...who, occupation: occupation ?? 'keeper of bees' };
  account.occupation.asked.add(body.occupation);
  const answer = await client.send('PATCH', '/v1/profile', { token, headers, body, kind: 'profile' });
  if (answer.status !== 200) return false;
  settle(account.occupation, body.occupation);
  const { requestId } = answer;
  journal.acknowledged.push({ kind: 'profile', requestId, userId: account.userId, version: versionIn(answer) });
  return true;
}

async function addDocument(
  { client, journal, random }: Actor,
  account: Account,
  token: string,
  { kind, side, outcome }: { readonly kind: string; readonly side: string; readonly outcome: string },
): Promise<boolean> {
  const { userId } = account;
  const number = `${outcome}-${random.between(1, 1_000_000)}`;
  const body = {
    ...{ kind, side, country: 'DE', ...announced },
    ...(numbered.test(kind) && { number, expiresOn: '2041-05-01' }),
  };
  const begun = await client.send('POST', '/v1/kyc/documents', { token, body, kind: 'document-begun' });
  if (begun.status !== 201) return false;
  const { documentId, upload } = begun.body as { documentId: string; upload: UploadLink };
  journal.acknowledged.push({ kind: 'document-begun', requestId: begun.requestId, userId, documentId });
  if (!(await client.sendFile(upload, picture))) return false;
  const done = await client.send('POST', '/v1/kyc/documents/:id/complete', { id: documentId, token, kind: 'document' });
  if (done.status !== 200) {
    account.open.document = documentId;
    return false;
  }
  journal.acknowledged.push({ kind: 'document', requestId: done.requestId, userId, documentId });
  return true;
}

/** Without an answer the same is asked again, which is none of the requests that write: it may have been done. */
async function completeAgain(
  { client, journal }: Actor,
  account: Account,
  token: string,
  id: string,
): Promise<boolean> {
  const { status, requestId } = await client.send('POST', '/v1/kyc/documents/:id/complete', { id, token });
  if (status === 503 || status === 0) return false;
  account.open.document = undefined;
  if (status !== 200) return false;
  journal.acknowledged.push({ kind: 'document', requestId, userId: account.userId, documentId: id });
  return true;
}

/** Nothing is left to do then but to wait. */
async function handIn({ client, journal }: Actor, { userId }: Account, token: string, tier: number): Promise<false> {
  const sent = { token, body: { tier }, kind: 'submission' } as const;
  const { status, requestId, body } = await client.send('POST', '/v1/kyc/submissions', sent);
  if (status !== 202) return false;
  const { caseId, attempt } = body as { caseId: string; attempt: number };
  journal.acknowledged.push({ kind: 'submission', requestId, userId, caseId, attempt });
  return false;
}
