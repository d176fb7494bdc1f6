import { created, defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { listConsents } from '#features/consent/list-consents.ts';
import { recordConsent } from '#features/consent/record-consent.ts';
import { ConsentBody, ConsentList, ConsentPage, ConsentView } from '#features/consent/schemas.ts';

const tag = 'settings';

/** Each decision stays for good: enough for people, too little to fill a table. */
const decisionLimits = [{ name: 'consent', points: 60, windowSeconds: 3600, by: 'user' }] as const;

export const consentRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/settings/consents',
    summary: 'How things stand with every purpose, and all decisions of the user, the newest first',
    tag,
    access: 'user',
    query: ConsentPage,
    responses: { 200: ConsentList },
    errors: ['request.invalid'],
    handle: async (ctx, request) => ok(await listConsents(ctx, request.actor, request.query)),
  },
  {
    method: 'POST',
    path: '/v1/settings/consents',
    summary: 'Give a consent or withdraw it',
    description: 'Adds to the history; what holds already is answered with 200 and adds nothing.',
    tag,
    access: 'user',
    idempotent: true,
    limits: decisionLimits,
    body: ConsentBody,
    responses: { 200: ConsentView, 201: ConsentView },
    errors: [
      'request.invalid',
      'user.not_found',
      'consent.version.outdated',
      'consent.not_withdrawable',
      'consent.not_given',
    ],
    async handle(ctx, request) {
      const { view, isNew } = await recordConsent(ctx, request.actor, request.body);
      return isNew ? created(view) : ok(view);
    },
  },
]);
