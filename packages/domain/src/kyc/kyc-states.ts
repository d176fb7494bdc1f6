import { DomainError } from '#errors/domain-error.ts';

/** Who moves a case: the person, our own rules and worker, the provider by its result, staff directly, staff through an approval. */
export const kycMovers = ['user', 'system', 'provider', 'staff', 'approval'] as const;
export type KycMover = (typeof kycMovers)[number];

/** How far a case is. `none` is that there is no case. */
export const kycStatuses = [
  'none',
  'draft',
  'submitted',
  'in_review',
  'approved',
  'rejected',
  'more_information',
  'expired',
] as const;
export type KycStatus = (typeof kycStatuses)[number];

interface KycStateRow {
  readonly meaning: string;
  /** A user has at most one case that is open. */
  readonly isOpen: boolean;
}

interface KycTransition {
  readonly from: KycStatus;
  readonly to: KycStatus;
  readonly by: readonly KycMover[];
  readonly why: string;
}

/** The life of a KYC case: one request of a user for a tier. Whoever was rejected, or has expired, begins another. */
export const kycStates = {
  initial: 'none',
  states: {
    none: { meaning: 'Nothing was begun.', isOpen: false },
    draft: { meaning: 'Documents are being gathered.', isOpen: true },
    submitted: { meaning: 'Handed in; the provider has not taken it yet.', isOpen: true },
    in_review: { meaning: 'The provider or staff look at it.', isOpen: true },
    approved: { meaning: 'The tier asked for is reached.', isOpen: false },
    rejected: { meaning: 'Decided against; another case may be begun.', isOpen: false },
    more_information: { meaning: 'Something is missing or cannot be read.', isOpen: true },
    expired: { meaning: 'Its documents have run out, nobody went on with it, or its user is erased.', isOpen: false },
  },
  transitions: [
    { from: 'none', to: 'draft', by: ['user'], why: 'a first document is begun' },
    { from: 'draft', to: 'submitted', by: ['user'], why: 'nothing that the tier needs is missing' },
    { from: 'draft', to: 'expired', by: ['system'], why: 'untouched for 90 days, or its user is erased' },
    {
      from: 'submitted',
      to: 'in_review',
      by: ['system', 'staff'],
      why: 'the provider has taken it, or staff claim it',
    },
    { from: 'submitted', to: 'approved', by: ['provider'], why: 'a result that is quicker than the answer' },
    { from: 'submitted', to: 'rejected', by: ['provider'], why: 'a result that is quicker than the answer' },
    { from: 'submitted', to: 'more_information', by: ['provider'], why: 'a result that is quicker than the answer' },
    { from: 'submitted', to: 'expired', by: ['system'], why: 'its user is erased' },
    { from: 'in_review', to: 'approved', by: ['provider', 'approval'], why: 'identity proven' },
    { from: 'in_review', to: 'rejected', by: ['provider', 'approval'], why: 'identity not proven' },
    { from: 'in_review', to: 'more_information', by: ['provider', 'staff'], why: 'cannot be decided by what is there' },
    { from: 'in_review', to: 'expired', by: ['system'], why: 'its user is erased' },
    { from: 'more_information', to: 'submitted', by: ['user'], why: 'handed in again, as the next attempt' },
    { from: 'more_information', to: 'expired', by: ['system'], why: 'unanswered for 30 days, or its user is erased' },
    { from: 'approved', to: 'expired', by: ['system'], why: 'a document it rests on has run out' },
  ],
} as const satisfies {
  initial: KycStatus;
  states: Record<KycStatus, KycStateRow>;
  transitions: readonly KycTransition[];
};

const transitions: readonly KycTransition[] = kycStates.transitions;

/** The statuses from which this mover may bring a case to that status. */
export function kycSourcesOf(to: KycStatus, by: KycMover): readonly KycStatus[] {
  return transitions.filter((move) => move.to === to && move.by.includes(by)).map(({ from }) => from);
}

/** Checks that a case may be moved from one status to another by this mover. @throws kyc.transition.illegal */
export function decideKycTransition(from: KycStatus, to: KycStatus, by: KycMover): void {
  if (kycSourcesOf(to, by).includes(from)) return;
  throw new DomainError('kyc.transition.illegal', { reason: `${from} to ${to} by ${by}` });
}
