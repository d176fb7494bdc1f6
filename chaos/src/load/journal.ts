/** What a client was told is done. The request id leads to what its transaction wrote. */
export type Acknowledged = { readonly requestId: string } & (
  | { readonly kind: 'registration' }
  | { readonly kind: 'user'; readonly userId: string; readonly sessionId: string }
  | { readonly kind: 'session'; readonly userId: string; readonly sessionId: string }
  | { readonly kind: 'renewal'; readonly sessionId: string; readonly tokenId: string }
  | { readonly kind: 'profile'; readonly userId: string; readonly version: number }
  | { readonly kind: 'device'; readonly userId: string; readonly deviceId: string; readonly version: number }
  | { readonly kind: 'sign-out'; readonly userId: string; readonly sessionId: string }
  | { readonly kind: 'password'; readonly userId: string }
  | { readonly kind: 'step-up'; readonly sessionId: string; readonly tokenId: string }
  | { readonly kind: 'factor'; readonly userId: string; readonly factorId: string }
  | { readonly kind: 'factor-removal'; readonly userId: string; readonly factorId: string }
  | { readonly kind: 'recovery-codes'; readonly userId: string; readonly factorId: string }
  | { readonly kind: 'lock'; readonly userId: string }
  | { readonly kind: 'unlock'; readonly userId: string }
  | { readonly kind: 'approval-asked'; readonly approvalId: string }
  | { readonly kind: 'approval'; readonly approvalId: string }
  | { readonly kind: 'avatar'; readonly userId: string; readonly fileId: string }
  | { readonly kind: 'document-begun'; readonly userId: string; readonly documentId: string }
  | { readonly kind: 'document'; readonly userId: string; readonly documentId: string }
  | { readonly kind: 'submission'; readonly userId: string; readonly caseId: string; readonly attempt: number }
);
export type WriteKind = Acknowledged['kind'];

/** One request as its client saw it. */
export interface Answer {
  /** When it was sent, and when answered, in milliseconds of this process. */
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly route: string;
  readonly requestId: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly code: string | undefined;
  readonly hasRetryAfter: boolean;
}

/** A session that was signed out, with an access token that would still be good. */
export interface Revoked {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly at: number;
}

/** What all clients of the load have seen, in the order of the answers. */
export class Journal {
  readonly acknowledged: Acknowledged[];
  readonly answers: Answer[] = [];
  readonly revoked: Revoked[] = [];
  /** What a client could tell by itself to be wrong. */
  readonly complaints: string[] = [];

  /** With what another journal holds, what is acknowledged is noted there. */
  constructor(acknowledged: Acknowledged[] = []) {
    this.acknowledged = acknowledged;
  }

  /**
   * Takes back those complaints from the `from`-th on, counted from 0, that end with one of `endings`: they are as it should be. Answers
   * how many there were.
   */
  excuse(from: number, endings: readonly string[]): number {
    const since = this.complaints.splice(from);
    this.complaints.push(...since.filter((complaint) => !endings.some((ending) => complaint.endsWith(ending))));
    return from + since.length - this.complaints.length;
  }

  /** The answers to what was sent since a moment, up to another. */
  between(since: number, until = Number.POSITIVE_INFINITY): readonly Answer[] {
    return this.answers.filter(({ sentAt }) => sentAt >= since && sentAt < until);
  }
}
