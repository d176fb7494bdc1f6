import { createHmac } from 'node:crypto';
import type { Stack } from '@bank/scripts/stack';
import { queryOnce } from '@bank/test-bed';
import { pause } from '#pause.ts';
import type { Random } from '#random.ts';

/** How long a case waits until it is asked about or called back: with the provider's own news they come at the same time. */
const soonMs = 400;
/** After that long somebody calls back for certain: of some the provider says nothing, whoever asks. */
const lateMs = 4_000;
const everyMs = 250;
const outcomes = ['approved', 'approved', 'approved', 'rejected', 'more_information'] as const;

interface Waiting {
  readonly id: string;
  readonly state: string;
  readonly ageMs: number;
}

/** What was sent of results, beside what the provider tells by itself. */
export interface Told {
  calls: number;
  /** Calls that came again, word for word. */
  repeated: number;
  polls: number;
  readonly broken: string[];
}

/**
 * The other two ways of a result, beside the event: has cases asked about sooner than in production, and calls back by HTTP, each
 * call twice, until it is over. What it says may differ from what the provider says: the first of an attempt counts.
 */
export async function tellResults(stack: Stack, random: Random, isOver: () => boolean, told: Told): Promise<void> {
  while (!isOver()) {
    const waiting = await waitingCases(stack).catch(() => []);
    for (const { id, ageMs } of waiting) {
      const chance = random.next();
      if (ageMs > lateMs || chance < 0.3) await callBack(stack, id, random.pick(outcomes), told);
      else if (chance < 0.6) await askSooner(stack, id, told);
    }
    await pause(everyMs);
  }
}

/** Whether the provider and this one have nothing more to say. */
export async function nothingWaits(stack: Stack): Promise<boolean> {
  const sql = `select count(*)::int as count from profile.kyc_cases where status in ('submitted', 'in_review')`;
  const [row] = await queryOnce<{ count: number }>(stack.environments.profile, sql);
  return row?.count === 0;
}

function waitingCases({ environments }: Stack): Promise<readonly Waiting[]> {
  return queryOnce<Waiting & Record<string, unknown>>(
    environments.profile,
    `select s.id, s.state, extract(epoch from now() - c.moved_at)::float8 * 1000 as "ageMs"
      from profile.kyc_submissions s join profile.kyc_cases c on c.id = s.case_id and c.attempt = s.attempt
      where s.state in ('taken', 'refused') and c.status = 'in_review' and c.moved_at < now() - interval '${soonMs} milliseconds'
      order by c.moved_at limit 10`,
  );
}

async function askSooner({ environments }: Stack, id: string, told: Told): Promise<void> {
  const sql = `update profile.kyc_submissions set next_at = now() where id = '${id}' and state = 'taken'`;
  const isAsked = await queryOnce(environments.profile, sql).then(
    () => true,
    () => false, // its database is away
  );
  if (isAsked) told.polls += 1;
}

async function callBack(stack: Stack, submissionId: string, outcome: string, told: Told): Promise<void> {
  const body = JSON.stringify({
    submissionId,
    outcome,
    reasons: outcome === 'approved' ? [] : ['document_unreadable'],
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const secret = stack.environments.profile['KYC_WEBHOOK_SECRET'] ?? '';
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-kyc-timestamp': timestamp, 'x-kyc-signature': signature };
  const send = () =>
    fetch(new URL('/v1/webhooks/kyc', stack.addresses.gateway), { method: 'POST', headers, body }).then(
      ({ status }) => status,
      () => 0,
    );
  const first = await send();
  told.calls += 1;
  if (first !== 204) return; // the app is dead, or took it and died: it waits still, or is decided
  const again = await send();
  told.repeated += 1;
  if (again === 204) told.broken.push(`a call about ${submissionId} was taken twice`);
}
