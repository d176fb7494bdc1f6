import { DomainError } from '@bank/domain';
import { type ConsentPurpose, consentPurposeNames, consentPurposes } from '#consent-purposes.ts';
import type { ConsentBody, StandingView } from '#features/consent/schemas.ts';
import type { Consent } from '#storage/consent.entity.ts';

/** The version of each purpose's text that there is now. */
export type TextVersions = Readonly<Record<ConsentPurpose, string>>;

const firstVersion = '2026-01';

/** The versions as the bank configures them. */
export function textVersionsOf(config: {
  readonly TERMS_VERSION: string;
  readonly CONSENT_VERSIONS: ReadonlyMap<string, string>;
}): TextVersions {
  const versions = consentPurposeNames.map((purpose) => [
    purpose,
    config.CONSENT_VERSIONS.get(purpose) ?? firstVersion,
  ]);
  return { ...(Object.fromEntries(versions) as TextVersions), terms: config.TERMS_VERSION };
}

/**
 * Whether a decision is to be recorded; false when it is what holds already. Only the text that there is now can be agreed to,
 * and only what was given can be withdrawn, whatever its text was.
 * @throws consent.version.outdated, consent.not_withdrawable, consent.not_given
 */
export function decideConsent(
  { purpose, version, decision }: ConsentBody,
  latest: Pick<Consent, 'decision' | 'textVersion'> | undefined,
  versions: TextVersions,
): boolean {
  if (decision === 'given') {
    if (version !== versions[purpose]) throw new DomainError('consent.version.outdated');
    return latest?.decision !== 'given' || latest.textVersion !== version;
  }
  if (!consentPurposes[purpose].isWithdrawable) throw new DomainError('consent.not_withdrawable');
  if (latest === undefined) throw new DomainError('consent.not_given');
  return latest.decision === 'given';
}

/** The version of the text that a decision is about: what is withdrawn is what was given, whichever text the sender names. */
export function textVersionOf(
  { version, decision }: ConsentBody,
  latest: Pick<Consent, 'textVersion'> | undefined,
): string {
  return decision === 'withdrawn' && latest !== undefined ? latest.textVersion : version;
}

/** How things stand with every purpose. */
export function standingOf(latest: readonly Consent[], versions: TextVersions): StandingView[] {
  const byPurpose = new Map(latest.map((consent) => [consent.purpose, consent]));
  return consentPurposeNames.map((purpose) => {
    const last = byPurpose.get(purpose);
    const isGiven = last?.decision === 'given';
    return {
      purpose,
      version: versions[purpose],
      withdrawable: consentPurposes[purpose].isWithdrawable,
      given: isGiven,
      outdated: isGiven && last.textVersion !== versions[purpose],
      decision:
        last === undefined
          ? null
          : { decision: last.decision, version: last.textVersion, at: last.recordedAt.toISOString() },
    };
  });
}
