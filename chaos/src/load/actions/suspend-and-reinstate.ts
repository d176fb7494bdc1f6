import type { Account, Standing } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import { signIn } from '#load/actions/sign-in.ts';
import type { Exchange } from '#load/gateway-client.ts';

const reason = 'The bank asked.';

/**
 * One member of staff asks for a suspension and another approves it, then the same for its end, and the user signs in again. What
 * nobody answered is approved again by the same one.
 */
export const suspendAndReinstate: Action = async (actor, account) => {
  if (account.approval === undefined && account.standing === 'open') await ask(actor, account, 'suspended');
  if (account.approval !== undefined && !(await approve(actor, account))) return;
  if (account.standing === 'suspended') await ask(actor, account, 'open');
  if (account.approval !== undefined && (await approve(actor, account))) await signIn(actor, account);
};

/** Changes nothing of the user, so that without an answer the same is asked for anew. */
async function ask({ staff, journal }: Actor, account: Account, to: 'suspended' | 'open'): Promise<void> {
  const route = `/v1/admin/users/:id/${to === 'open' ? 'reinstate' : 'suspend'}`;
  const sent = { id: account.userId, body: { reason }, kind: 'approval-asked' } as const;
  const answer = await staff.first.send('POST', route, sent);
  if (answer?.status !== 202) return;
  const { approvalId } = answer.body as { approvalId: string };
  account.approval = { id: approvalId, to };
  journal.acknowledged.push({ kind: 'approval-asked', requestId: answer.requestId, approvalId });
}

/** Whether it is decided. A repetition is none of the requests that write: the first may have done it. */
async function approve(actor: Actor, account: Account): Promise<boolean> {
  const { staff, journal } = actor;
  const { approval, standing } = account;
  if (approval === undefined) return true;
  const { id, to } = approval;
  const sent = { id, body: {}, ...(standing !== 'unknown' && { kind: 'approval' as const }) };
  const answer = await staff.second.send('POST', '/v1/admin/approvals/:id/approve', sent);
  if (answer === undefined || isHeldUp(answer)) return false;
  account.session = undefined;
  account.standing = 'unknown';
  if (answer.status === 0 || answer.status >= 500) return false;
  account.standing = answer.status === 204 ? to : await standingSeen(actor, account);
  account.approval = undefined;
  if (answer.status !== 204) return false;
  journal.acknowledged.push({ kind: 'approval', requestId: answer.requestId, approvalId: id });
  return true;
}

/** A repetition that came too soon, or one of too many. */
function isHeldUp({ status, body }: Exchange): boolean {
  return status === 429 || (body as { code?: string } | undefined)?.code === 'approval.in_progress';
}

const standings: Readonly<Record<string, Standing>> = { active: 'open', locked: 'locked', suspended: 'suspended' };

/** What staff see of a user of whom nobody has heard what came of a decision. */
async function standingSeen({ staff }: Actor, { userId: id }: Account): Promise<Standing> {
  const answer = await staff.first.send('GET', '/v1/admin/users/:id', { id });
  if (answer?.status !== 200) return 'unknown';
  return standings[(answer.body as { user: { status: string } }).user.status] ?? 'unknown';
}
