import { DomainError, type Email, normaliseEmail } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * Refuses an address whose domain the bank does not want, where such a policy is on. The domain alone decides, before anybody
 * has looked whose address it is: so this tells nothing of accounts (SR-15). @throws auth.email.unacceptable
 */
export async function requireAcceptableAddress(ctx: AppContext, email: Email): Promise<void> {
  const domain = normaliseEmail(email).split('@').at(-1) ?? '';
  const rule = await ctx.mailDomains.objectionTo(domain);
  ctx.metrics
    .counter(
      'registration_domains_total',
      'Domains that people registered with or changed to, by what spoke against them',
      ['outcome'],
    )
    .inc({ outcome: rule ?? 'accepted' });
  if (rule === undefined) return;
  throw new DomainError('auth.email.unacceptable', { reason: rule, details: { errors: [{ path: 'email', rule }] } });
}
