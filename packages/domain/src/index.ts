export type { Standing } from '#access/act-on.ts';
export { mayActOn, mayActOnRank, rankOf, requireMayActOn } from '#access/act-on.ts';
export type { Actor, AssuranceLevel, UserActor } from '#access/actor.ts';
export { assuranceLevels, isPhishingResistant, reachesAssurance } from '#access/actor.ts';
export type { ApprovalFacts, Person } from '#access/approval-decision.ts';
export { checkApproval } from '#access/approval-decision.ts';
export type { ApprovalPayload } from '#access/approval-payloads.ts';
export { approvalPayloads } from '#access/approval-payloads.ts';
export type { ApprovalAction } from '#access/approvals.ts';
export { approvalActions, approvalSeconds, isApprovalAction } from '#access/approvals.ts';
export type { Audience } from '#access/audiences.ts';
export { audiences, countingRoles, worksHere } from '#access/audiences.ts';
export type { AuditAction, AuditOutcome, AuditRecord } from '#access/audit.ts';
export { auditActions, auditLimits } from '#access/audit.ts';
export type { FactorKind } from '#access/factor-kind.ts';
export { FactorKindSchema, isPasskey } from '#access/factor-kind.ts';
export type { Grant } from '#access/grant.ts';
export { allow, requireUser } from '#access/grant.ts';
export type { Permission, Role } from '#access/permissions.ts';
export { hasPermission, permissions, rolePermissions, roles } from '#access/permissions.ts';
export { RoleSetSchema, StaffRoleSetSchema } from '#access/role-set.ts';
export { meetsStepUp, requireStepUp } from '#access/step-up.ts';
export type { Brand } from '#brand.ts';
export type { CountryCode } from '#contact/country-code.ts';
export { CountryCodeSchema } from '#contact/country-code.ts';
export type { Email, NormalisedEmail } from '#contact/email.ts';
export { EmailSchema, mailboxOf, normaliseEmail } from '#contact/email.ts';
export type { PhoneNumber } from '#contact/phone-number.ts';
export { destinationOf, PhoneNumberSchema } from '#contact/phone-number.ts';
export type { ErrorCode } from '#errors/catalogue.ts';
export { errorCatalogue, isErrorCode } from '#errors/catalogue.ts';
export type { DomainErrorOptions, ErrorDetails, FieldError, LimitDetails } from '#errors/domain-error.ts';
export { DomainError } from '#errors/domain-error.ts';
export type { ErrorEntry, ErrorKind } from '#errors/kind.ts';
export { parse } from '#errors/parse.ts';
export type { JsonObject, JsonValue } from '#json.ts';
export {
  identityDocumentsOf,
  isAcceptedDocument,
  type KycDocumentKind,
  type KycPurpose,
  type KycSide,
  kycDocumentKinds,
  kycDocuments,
  kycSides,
} from '#kyc/kyc-documents.ts';
export { type KycReason, kycReasonCodes, kycReasonsOf } from '#kyc/kyc-reasons.ts';
export {
  decideKycTransition,
  type KycMover,
  type KycStatus,
  kycSourcesOf,
  kycStates,
  kycStatuses,
} from '#kyc/kyc-states.ts';
export {
  isKycTier,
  type KycLimits,
  type KycProfileField,
  type KycTier,
  kycKindsOf,
  kycTierOf,
  kycTiers,
  kycTierTable,
} from '#kyc/kyc-tiers.ts';
export { CurrencySchema } from '#locale/currency.ts';
export { minorUnitDigits } from '#locale/iso-4217.ts';
export { canonicalLanguage, LanguageSchema } from '#locale/language.ts';
export { TimeZoneSchema } from '#locale/time-zone.ts';
export { isOnThisMachine } from '#loopback.ts';
export type { PasswordFacts, PasswordProblem } from '#password/policy.ts';
export { checkPassword, normalisePassword, passwordLengthMax, passwordLengthMin } from '#password/policy.ts';
export { Secret } from '#secret.ts';
export { isCalendarDate } from '#time/calendar-date.ts';
export type { Clock } from '#time/clock.ts';
export { systemClock } from '#time/clock.ts';
export { withDeadline } from '#time/deadline.ts';
export type { IdSource } from '#time/uuid.ts';
export { createIds, idFloor, systemIds, timeOfId, UuidSchema, Uuidv7Schema, uuidv7 } from '#time/uuid.ts';
export {
  type MessageCategory,
  type MessageChannel,
  messageCategories,
  messageChannels,
  type OptionalCategory,
  optionalCategories,
} from '#user/message-choices.ts';
export { type PersonalProfileField, personalProfileFields } from '#user/personal-profile.ts';
export type { UserId } from '#user/user-id.ts';
export { UserIdSchema } from '#user/user-id.ts';
export { userKey } from '#user/user-key.ts';
export type { Capability, Mover, UserState } from '#user/user-states.ts';
export { capabilities, decideTransition, isBlocked, movers, userStates } from '#user/user-states.ts';
