import { accepted, defineRoutes, noContent, ok } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { Reasoned } from '#features/act/schemas.ts';
import { ApprovalAccepted } from '#features/approval/schemas.ts';
import { claimCase } from '#features/kyc/claim-case.ts';
import { listCases } from '#features/kyc/list-cases.ts';
import { requestApprovalOfCase, requestRejectionOfCase } from '#features/kyc/request-decision.ts';
import { requestInformation } from '#features/kyc/request-information.ts';
import {
  CaseDocumentParams,
  CasePage,
  CaseParams,
  CaseQuery,
  CaseReasons,
  ParticularsView,
} from '#features/kyc/schemas.ts';
import { showDocument } from '#features/kyc/show-document.ts';
import { showParticulars } from '#features/kyc/show-particulars.ts';
import { unmaskCase } from '#features/kyc/unmask-case.ts';
import { toCasePage } from '#features/kyc/view.ts';
import { UnmaskingView } from '#features/user/schemas.ts';
import { toUnmaskingView } from '#features/user/view.ts';
import { freshStepUp } from '#transport/http/fresh-step-up.ts';

const tag = 'kyc';
const access = { permission: 'kyc.decide' } as const;
const limits = [{ name: 'kyc-act', points: 60, windowSeconds: 60, by: 'user' as const }];
const looks = [{ name: 'kyc-document', points: 240, windowSeconds: 3600, by: 'user' as const }];
/** What a document may meet that staff look at. */
const unseen = [
  'kyc.document.not_found',
  'kyc.document.reason_needed',
  'profile.unreadable',
  'service.overloaded',
] as const;
/** What a case may meet when staff do something with it. */
const refusals = [
  'kyc.case.not_found',
  'kyc.case.unclaimed',
  'kyc.transition.illegal',
  'user.not_found',
  'service.overloaded',
] as const;

export const kycRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/admin/kyc/cases',
    summary: 'Cases for review, those that have waited longest first: ids and codes',
    tag,
    access: { permission: 'kyc.read' },
    query: CaseQuery,
    responses: { 200: CasePage },
    errors: ['service.overloaded'],
    handle: async (ctx, request) => ok(toCasePage(await listCases(ctx, request.actor, request.query))),
  },
  {
    method: 'POST',
    path: '/v1/admin/kyc/cases/:id/claim',
    summary: 'Claim a case for eight hours; again to renew it',
    tag,
    access,
    params: CaseParams,
    body: Reasoned,
    responses: { 204: null },
    errors: [...refusals, 'kyc.case.claimed'],
    limits,
    idempotent: true,
    async handle(ctx, request) {
      await claimCase(ctx, request.actor, request);
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/v1/admin/kyc/cases/:id/approve',
    summary: 'Ask for a claimed case to be approved; done when a colleague approves that',
    tag,
    access,
    params: CaseParams,
    body: Reasoned,
    responses: { 202: ApprovalAccepted },
    errors: [...refusals],
    limits,
    idempotent: true,
    handle: async (ctx, request) => accepted({ approvalId: await requestApprovalOfCase(ctx, request.actor, request) }),
  },
  {
    method: 'POST',
    path: '/v1/admin/kyc/cases/:id/reject',
    summary: 'Ask for a claimed case to be rejected; done when a colleague approves that',
    tag,
    access,
    params: CaseParams,
    body: CaseReasons,
    responses: { 202: ApprovalAccepted },
    errors: [...refusals],
    limits,
    idempotent: true,
    handle: async (ctx, request) => accepted({ approvalId: await requestRejectionOfCase(ctx, request.actor, request) }),
  },
  {
    method: 'POST',
    path: '/v1/admin/kyc/cases/:id/request-info',
    summary: 'Ask the user of a claimed case for more',
    tag,
    access,
    params: CaseParams,
    body: CaseReasons,
    responses: { 204: null },
    errors: [...refusals],
    limits,
    idempotent: true,
    async handle(ctx, request) {
      await requestInformation(ctx, request.actor, request);
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/v1/admin/kyc/cases/:id/unmask',
    summary: 'Open the documents of a case for 15 minutes, with a reason',
    description:
      'For a case that is not in review or that a colleague has claimed: a claim of one’s own says why by itself.',
    tag,
    access: { permission: 'kyc.read' },
    stepUp: freshStepUp,
    params: CaseParams,
    body: Reasoned,
    responses: { 200: UnmaskingView },
    errors: ['kyc.case.not_found', 'user.not_found', 'service.overloaded'],
    limits: [{ name: 'kyc-unmask', points: 60, windowSeconds: 3600, by: 'user' }],
    idempotent: true,
    handle: async (ctx, request) => ok(toUnmaskingView(await unmaskCase(ctx, request.actor, request))),
  },
  {
    method: 'GET',
    path: '/v1/admin/kyc/cases/:id/documents/:documentId',
    summary: 'A document of a case, with who looks at it and when written across; the view is recorded',
    description: 'For who has claimed the case, or has said why they look.',
    tag,
    access: { permission: 'kyc.read' },
    stepUp: freshStepUp,
    params: CaseDocumentParams,
    produces: 'image/jpeg',
    responses: { 200: v.string() },
    errors: unseen,
    limits: looks,
    async handle(ctx, request) {
      const raw = await showDocument(ctx, request.actor, request.params);
      return { status: 200, raw, headers: { 'content-disposition': 'inline; filename="document.jpg"' } };
    },
  },
  {
    method: 'GET',
    path: '/v1/admin/kyc/cases/:id/documents/:documentId/particulars',
    summary: 'Number and expiry of a document as its user typed them; the view is recorded',
    description: 'To be compared with the picture, for whom that is shown: an approved tier ends by this expiry.',
    tag,
    access: { permission: 'kyc.read' },
    stepUp: freshStepUp,
    params: CaseDocumentParams,
    responses: { 200: ParticularsView },
    errors: unseen,
    limits: looks,
    handle: async (ctx, request) => ok(await showParticulars(ctx, request.actor, request.params)),
  },
]);
