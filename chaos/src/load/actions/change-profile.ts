import type { Action } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';
import { versionIn } from '#load/actions/version-in.ts';
import { isExpected, settle } from '#load/text.ts';

/** Reads the profile, compares it with what was acknowledged, and changes it under the version that was read. */
export const changeProfile: Action = async (actor, account) => {
  const { client, journal, random } = actor;
  const token = account.session?.accessToken;
  if (token === undefined) return renew(actor, account);
  const read = await client.send('GET', '/v1/profile', { token });
  if (read.status === 401) return renew(actor, account);
  if (read.status !== 200) return;
  const shown = (read.body as { occupation: string | null }).occupation;
  const { occupation } = account;
  if (!isExpected(occupation, shown)) {
    journal.complaints.push(`profile of ${account.userId}: an acknowledged change is gone`);
  }
  const wanted = `keeper of ${random.between(1, 1_000_000_000)} bees`;
  occupation.asked.add(wanted);
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  const sent = { token, headers, body: { occupation: wanted }, kind: 'profile' } as const;
  const answer = await client.send('PATCH', '/v1/profile', sent);
  if (answer.status !== 200) return;
  settle(occupation, wanted);
  journal.acknowledged.push({
    kind: 'profile',
    requestId: answer.requestId,
    userId: account.userId,
    version: versionIn(answer),
  });
};
