import { uuidv7 } from '@bank/domain';
import type { ProfileService } from '@bank/proto/profile';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';

/** A case that `profile` knows, by its id. */
export type KycCases = Map<string, { readonly userId: string; readonly status: string; reviewerId: string }>;

/** What stands in for a picture. */
export const picture = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);

/** What the user says that it shows. */
export const particulars = { number: 'C01X00T47', expiresOn: '2041-05-01' };

/** Documents that are none of `kind: 'passport'` with these particulars, by their id: what `profile` says of them. */
export const otherDocuments = new Map<string, { kind?: string; number?: string; expiresOn?: string }>();

type Answer<S> = <T>(state: S, request: object, context: HandlerContext, reply: () => T) => Promise<T>;
type KycImplementation = Pick<
  ServiceImpl<typeof ProfileService>,
  'listKycCases' | 'claimKycCase' | 'getKycDocument' | 'decideKycCase'
>;

/** The KYC methods of `profile`, as it answers them. */
export function kycMethods<S extends { readonly kycCases: KycCases }>(answer: Answer<S>, state: S): KycImplementation {
  return {
    listKycCases: (request, context) =>
      answer(state, request, context, () => {
        const found = [...state.kycCases].filter(([id]) => request.caseId === '' || request.caseId === id);
        const cases = found.map(([caseId, { userId, status, reviewerId }]) => ({
          ...{ caseId, userId, status, reviewerId, tier: 1, attempt: 2 },
          submittedAt: timestampFromDate(new Date('2026-03-01T00:00:00Z')),
          documents: [{ documentId: uuidv7(), kind: 'passport', side: 'front', country: 'DE' }],
        }));
        return { cases, nextCursor: request.caseId === '' ? 'further' : '' };
      }),
    claimKycCase: (request, context) => answer(state, request, context, () => ({})),
    getKycDocument: (request, context) =>
      answer(state, request, context, () => ({
        ...(!request.particularsOnly && { contentType: 'image/jpeg', content: picture }),
        ...(otherDocuments.get(request.documentId) ?? { kind: 'passport', ...particulars }),
      })),
    decideKycCase: (request, context) => answer(state, request, context, () => ({})),
  };
}
