import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { addConsent } from '#features/consent/add-consent.ts';
import { decideConsent, textVersionOf, textVersionsOf } from '#features/consent/policies.ts';
import { ConsentBody, type ConsentView } from '#features/consent/schemas.ts';
import { toConsentView } from '#features/consent/view.ts';
import { stopOffers } from '#features/settings/offers.ts';

/** The decision that holds, and whether it is a new one. */
export interface RecordedConsent {
  readonly view: ConsentView;
  readonly isNew: boolean;
}

/**
 * Records what the signed-in user says to a purpose, with what proves it. What holds already is not recorded again. Whoever
 * withdraws a consent to offers gets none from then on.
 * @throws auth.token.missing, request.invalid, user.not_found, consent.version.outdated, consent.not_withdrawable,
 * consent.not_given
 */
export async function recordConsent(ctx: AppContext, actor: Actor, input: unknown): Promise<RecordedConsent> {
  const { userId, deviceId = null, sessionId } = requireUser(actor);
  const said = parse(ConsentBody, input);
  const access = { who: allow.self(actor, userId), audits: ['consent.recorded', 'settings.updated'] } as const;
  const { settings, ...recorded } = await withTransaction(ctx, access, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('user.not_found', { reason: 'erased' });
    const latest = await tx.consents.holdLatest(userId, said.purpose);
    const isNew = decideConsent(said, latest, textVersionsOf(ctx.config));
    if (!isNew && latest !== undefined) return { view: toConsentView(latest), isNew, settings: undefined };
    const { purpose, decision } = said;
    const consent = await addConsent(tx, latest, {
      ...{ userId, purpose, textVersion: textVersionOf(said, latest), decision, deviceId, sessionId },
      recordedAt: ctx.clock.now(),
    });
    const settings = decision === 'withdrawn' ? await stopOffers(tx, userId, purpose) : undefined;
    return { view: toConsentView(consent), isNew, settings };
  });
  if (settings !== undefined) await ctx.settingsCache.put(settings);
  return recorded;
}
