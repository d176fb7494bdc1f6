import { accepted, created, defineRoutes, noContent, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { uploadTimeoutMs } from '#features/file/policies.ts';
import { toUploadView } from '#features/file/view.ts';
import { beginDocument } from '#features/kyc/begin-document.ts';
import { completeDocument } from '#features/kyc/complete-document.ts';
import { getKyc } from '#features/kyc/get-kyc.ts';
import {
  DocumentParams,
  DocumentRequest,
  DocumentTicket,
  DocumentView,
  KycView,
  SubmissionRequest,
  SubmissionView,
} from '#features/kyc/schemas.ts';
import { submitCase } from '#features/kyc/submit-case.ts';
import { toDocumentView, toKycView, toSubmissionView } from '#features/kyc/view.ts';
import { CallbackBody, recordCallback } from '#features/kyc-result/record-callback.ts';

const tag = 'kyc';

export const kycRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/kyc',
    summary: 'Your tier with its limits, your newest case, and what is missing for the tiers above',
    tag,
    access: 'user',
    responses: { 200: KycView },
    errors: ['profile.unreadable'],
    handle: async (ctx, request) => ok(toKycView(await getKyc(ctx, request.actor))),
  },
  {
    method: 'POST',
    path: '/v1/kyc/documents',
    summary: 'Begin one side of a document: what stands in it, and where its picture goes',
    description:
      'The first one begins a case. The picture is sent to `upload` exactly as it was announced, then completed.',
    tag,
    access: 'user',
    body: DocumentRequest,
    responses: { 201: DocumentTicket },
    errors: [
      'request.invalid',
      'user.not_found',
      'profile.not_found',
      'kyc.transition.illegal',
      'file.uploads.too_many',
    ],
    limits: [{ name: 'kyc-document', points: 60, windowSeconds: 3600, by: 'user' }],
    idempotent: true,
    async handle(ctx, request) {
      const { documentId, begun } = await beginDocument(ctx, request.actor, request.body);
      return created({ documentId, upload: toUploadView(begun) });
    },
  },
  {
    method: 'POST',
    path: '/v1/kyc/documents/:id/complete',
    summary: 'Take over the picture that was uploaded',
    tag,
    access: 'user',
    params: DocumentParams,
    responses: { 200: DocumentView },
    errors: [
      'kyc.document.not_found',
      'kyc.transition.illegal',
      'file.not_found',
      'file.upload.missing',
      'file.upload.settled',
      'file.refused',
      'service.overloaded',
    ],
    limits: [{ name: 'kyc-document-complete', points: 60, windowSeconds: 3600, by: 'user' }],
    timeoutMs: uploadTimeoutMs,
    idempotent: true,
    handle: async (ctx, request) => ok(toDocumentView(await completeDocument(ctx, request.actor, request.params))),
  },
  {
    method: 'POST',
    path: '/v1/kyc/submissions',
    summary: 'Hand the case in for a tier, once nothing is missing for it',
    tag,
    access: 'user',
    body: SubmissionRequest,
    responses: { 202: SubmissionView },
    errors: [
      'request.invalid',
      'user.not_found',
      'kyc.transition.illegal',
      'profile.change_request.open',
      'kyc.tier.reached',
      'kyc.incomplete',
      'kyc.documents.too_large',
      'profile.unreadable',
    ],
    limits: [{ name: 'kyc-submission', points: 20, windowSeconds: 86_400, by: 'user' }],
    idempotent: true,
    handle: async (ctx, request) => accepted(toSubmissionView(await submitCase(ctx, request.actor, request.body))),
  },
  {
    method: 'POST',
    path: '/v1/webhooks/kyc',
    summary: 'Result of a verification from a provider over HTTP, signed by X-Kyc-Signature',
    tag: 'webhooks',
    access: 'public',
    rawBody: true,
    body: CallbackBody,
    bodyLimitBytes: 16 * 1024,
    responses: { 204: null },
    errors: ['kyc.callback.refused'],
    limits: [{ name: 'webhook-kyc', points: 600, windowSeconds: 60, by: 'address' }],
    async handle(ctx, request) {
      await recordCallback(ctx, {
        body: request.bytes,
        timestamp: request.header('x-kyc-timestamp') ?? '',
        signature: request.header('x-kyc-signature') ?? '',
      });
      return noContent();
    },
  },
]);
