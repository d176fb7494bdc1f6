import type { TransactionScope } from '@bank/database';
import { DomainError, type UserId } from '@bank/domain';
import type { ConsentPurpose } from '#consent-purposes.ts';
import type { AppContext, Repositories } from '#context.ts';
import { noteChange } from '#features/settings/note-change.ts';
import type { Choices, Settings } from '#storage/settings.entity.ts';

/** Where offers need the consent of who gets them, and which. */
const switches = { marketing_email: 'emailMarketing', marketing_sms: 'smsMarketing' } as const;
const names = {
  marketing_email: 'notifications.email.marketing',
  marketing_sms: 'notifications.sms.marketing',
} as const;
type OfferPurpose = keyof typeof switches;
const purposes = Object.keys(switches) as OfferPurpose[];

type Scope = AppContext & TransactionScope<Repositories>;

/** Refuses to switch offers on for whom they need a consent that there is not. @throws settings.consent_missing */
export async function requireOfferConsents(tx: Scope, before: Settings, after: Choices): Promise<void> {
  for (const purpose of purposes) {
    const name = switches[purpose];
    if (after[name] !== true || before[name] === true) continue;
    const latest = await tx.consents.holdLatest(before.userId, purpose);
    if (latest?.decision !== 'given') throw new DomainError('settings.consent_missing', { reason: `no ${purpose}` });
  }
}

/**
 * Switches off the offers that a consent was for which has just been withdrawn, and tells whoever keeps to settings. Gives the
 * settings when that changed them.
 */
export async function stopOffers(tx: Scope, userId: UserId, purpose: ConsentPurpose): Promise<Settings | undefined> {
  if (!isOfferPurpose(purpose)) return undefined;
  const settings = await tx.settings.switchOff(userId, switches[purpose], tx.clock.now());
  if (settings === undefined) return undefined;
  await noteChange(tx, settings, [names[purpose]]);
  return settings;
}

function isOfferPurpose(purpose: ConsentPurpose): purpose is OfferPurpose {
  return Object.hasOwn(switches, purpose);
}
