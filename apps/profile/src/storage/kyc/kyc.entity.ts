import { defineEntity, p } from '@mikro-orm/postgresql';

/** The tier that a user holds, by which case, and until which day it rests on documents that have not run out. */
export const KycStandingEntity = defineEntity({
  name: 'KycStanding',
  tableName: 'kyc_standings',
  schema: 'profile',
  properties: {
    userId: p.uuid().primary(),
    tier: p.smallint(),
    version: p.bigint('number'),
    caseId: p.uuid().nullable(),
    validUntil: p.date().nullable(),
    remindedAt: p.datetime().nullable(),
    updatedAt: p.datetime(),
  },
  indexes: [{ name: 'kyc_standings_valid_until_idx', properties: ['validUntil'], where: 'valid_until is not null' }],
  checks: [{ name: 'kyc_standings_tier_check', expression: 'tier >= 0 and tier <= 3' }],
});

export const KycCaseEntity = defineEntity({
  name: 'KycCase',
  tableName: 'kyc_cases',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    tier: p.smallint(),
    status: p.text(),
    attempt: p.integer().default(0),
    reasons: p.array(),
    locksIdentity: p.boolean(),
    reviewerId: p.uuid().nullable(),
    claimedAt: p.datetime().nullable(),
    decidedBy: p.text().nullable(),
    createdAt: p.datetime(),
    movedAt: p.datetime(),
    submittedAt: p.datetime().nullable(),
  },
  indexes: [
    { name: 'kyc_cases_user_id_idx', properties: ['userId', 'id'] },
    {
      name: 'kyc_cases_queue_idx',
      properties: ['submittedAt', 'id'],
      where: `status in ('submitted', 'in_review')`,
    },
    { name: 'kyc_cases_waiting_idx', properties: ['movedAt'], where: `status in ('draft', 'more_information')` },
  ],
  uniques: [
    {
      name: 'kyc_cases_open_idx',
      properties: ['userId'],
      where: `status in ('draft', 'submitted', 'in_review', 'more_information')`,
    },
  ],
  checks: [
    { name: 'kyc_cases_tier_check', expression: 'tier >= 1 and tier <= 3' },
    {
      name: 'kyc_cases_status_check',
      expression: `status in ('draft', 'submitted', 'in_review', 'approved', 'rejected', 'more_information', 'expired')`,
    },
    { name: 'kyc_cases_decided_by_check', expression: `decided_by in ('provider', 'approval', 'staff')` },
  ],
});

/** One side of a document. `particulars` are its number and the day it runs out, sealed for this row. */
export const KycDocumentEntity = defineEntity({
  name: 'KycDocument',
  tableName: 'kyc_documents',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    case: () =>
      p
        .manyToOne(KycCaseEntity)
        .mapToPk()
        .joinColumn('case_id')
        .foreignKeyName('kyc_documents_case_id_fkey')
        .deleteRule('no action')
        .updateRule('no action'),
    userId: p.uuid(),
    kind: p.text(),
    side: p.text(),
    country: p.text(),
    state: p.text(),
    uploadId: p.uuid().unique('kyc_documents_upload_id_key'),
    fileId: p.uuid().nullable(),
    particulars: p.blob(),
    createdAt: p.datetime(),
    uploadedAt: p.datetime().nullable(),
  },
  indexes: [
    { name: 'kyc_documents_user_id_idx', properties: ['userId', 'id'] },
    { name: 'kyc_documents_case_id_idx', properties: ['case'] },
    { name: 'kyc_documents_begun_idx', properties: ['createdAt'], where: `state = 'begun'` },
    {
      name: 'kyc_documents_replaced_idx',
      properties: ['case'],
      where: `state = 'replaced' and file_id is not null`,
    },
  ],
  uniques: [{ name: 'kyc_documents_uploaded_idx', properties: ['case', 'kind', 'side'], where: `state = 'uploaded'` }],
  checks: [
    { name: 'kyc_documents_side_check', expression: `side in ('front', 'back')` },
    { name: 'kyc_documents_state_check', expression: `state in ('begun', 'uploaded', 'replaced')` },
  ],
});

/** What the provider is to be handed, and asked about. Nothing of the person is in it. */
export const KycSubmissionEntity = defineEntity({
  name: 'KycSubmission',
  tableName: 'kyc_submissions',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    case: () =>
      p
        .manyToOne(KycCaseEntity)
        .mapToPk()
        .joinColumn('case_id')
        .foreignKeyName('kyc_submissions_case_id_fkey')
        .deleteRule('no action')
        .updateRule('no action'),
    userId: p.uuid().index('kyc_submissions_user_id_idx'),
    attempt: p.integer(),
    state: p.text(),
    tries: p.integer().default(0),
    nextAt: p.datetime().nullable(),
    verificationId: p.text().nullable(),
    failure: p.text().nullable(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'kyc_submissions_next_idx', properties: ['state', 'nextAt'], where: 'next_at is not null' }],
  uniques: [{ name: 'kyc_submissions_attempt_key', properties: ['case', 'attempt'] }],
  checks: [{ name: 'kyc_submissions_state_check', expression: `state in ('pending', 'taken', 'refused', 'settled')` }],
});

/** Signed calls that were taken, so that none is taken twice. */
export const KycCallbackEntity = defineEntity({
  name: 'KycCallback',
  tableName: 'kyc_callbacks',
  schema: 'profile',
  properties: {
    digest: p.blob().primary(),
    receivedAt: p.datetime().index('kyc_callbacks_received_at_idx'),
  },
});
