import type { ConsentView } from '#features/consent/schemas.ts';
import type { Consent } from '#storage/consent.entity.ts';

/** A decision as its user sees it. */
export function toConsentView(consent: Consent): ConsentView {
  const { id, purpose, textVersion: version, decision, deviceId, sessionId, recordedAt } = consent;
  return { id, purpose, version, decision, deviceId, sessionId, at: recordedAt.toISOString() };
}
