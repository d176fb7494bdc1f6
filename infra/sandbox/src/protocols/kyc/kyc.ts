import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  KycService,
  type SubmitVerificationRequest,
  type VerificationCompletedSchema,
  VerificationOutcome,
} from '@bank/proto/kyc';
import { type Timestamp, timestampNow } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import type { EventSender } from '#protocols/events/event-sender.ts';
import { type Behaviour, behaviourOf, outcomesByNumber } from '#protocols/kyc/outcomes.ts';
import type { Protocol } from '#protocols/protocol.ts';
import { createRpcListener, hangUpKey, type RpcListener } from '#protocols/rpc/rpc-listener.ts';

export interface KycOptions {
  readonly host: string;
  readonly port: number;
  readonly tlsFolder: string;
  readonly slowMs: number;
  /** Where results are told; nowhere when left out. */
  readonly events: EventSender<typeof VerificationCompletedSchema> | undefined;
}

interface Verification {
  readonly verificationId: string;
  readonly submissionId: string;
  readonly caseId: string;
  readonly attempt: number;
  /** How often it was handed over. */
  calls: number;
  outcome: VerificationOutcome;
  reasons: readonly string[];
  decidedAt: Timestamp | undefined;
}

const rememberedMax = 10_000;
/** Between taking a verification and deciding it. */
const pauseMs = 100;
/** All pictures of a case. */
const requestBytesMax = 32 * 1024 * 1024;

const { APPROVED, MORE_INFORMATION, REJECTED, UNSPECIFIED } = VerificationOutcome;

/** The platform's KYC service (`bank.kyc.v1`) for profile: it decides by the numbers of documents, and keeps nothing else of them. */
export class KycProtocol implements Protocol {
  readonly name = 'kyc';
  readonly outcomes = outcomesByNumber;
  readonly #options: KycOptions;
  readonly #listener: RpcListener;
  readonly #stopping = new AbortController();
  readonly #bySubmission = new Map<string, Verification>();
  /** Submissions that were refused once, and are taken when they come again. */
  readonly #refusedOnce = new Set<string>();

  constructor(options: KycOptions) {
    this.#options = options;
    const { host, port, tlsFolder } = options;
    this.#listener = createRpcListener({
      host,
      port,
      tlsFolder,
      holder: 'kyc',
      callers: ['spiffe://bank/app/profile', 'spiffe://bank/tool/tools'],
      readMaxBytes: requestBytesMax,
      routes: (router) =>
        router.service(KycService, {
          submitVerification: (request, context) => this.#submit(request, context),
          getVerification: ({ verificationId }) => this.#answer(verificationId),
        }),
    });
  }

  start(): Promise<string> {
    return this.#listener.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#listener.stop();
    await this.#options.events?.close();
  }

  /** What was taken, the oldest first: ids, and how often each came. */
  taken(): readonly Pick<Verification, 'verificationId' | 'submissionId' | 'caseId' | 'attempt' | 'calls'>[] {
    return [...this.#bySubmission.values()].map(({ verificationId, submissionId, caseId, attempt, calls }) => {
      return { verificationId, submissionId, caseId, attempt, calls };
    });
  }

  #submit(request: SubmitVerificationRequest, context: HandlerContext): { verificationId: string } {
    const known = this.#bySubmission.get(request.submissionId);
    if (known !== undefined) {
      known.calls += 1;
      return { verificationId: known.verificationId };
    }
    const behaviour = behaviourOf(request.documents.map(({ number }) => number));
    this.#refuse(request, behaviour);
    const verification = this.#take(request);
    // Whoever stops meanwhile hears nothing of it.
    this.#decide(verification, behaviour).catch(() => undefined);
    if (behaviour === 'mute') context.values.get(hangUpKey)();
    return { verificationId: verification.verificationId };
  }

  #refuse({ submissionId, caseId, person, documents }: SubmitVerificationRequest, behaviour: Behaviour): void {
    const isEmpty = submissionId === '' || caseId === '' || person === undefined || documents.length === 0;
    if (isEmpty || documents.some(({ content }) => content.length === 0) || behaviour === 'invalid') {
      throw new ConnectError('this can never be verified', Code.InvalidArgument);
    }
    const refusedBefore = this.#refusedOnce.delete(submissionId);
    if (behaviour === 'flaky' && !refusedBefore) this.#refusedOnce.add(submissionId);
    if (behaviour === 'down' || (behaviour === 'flaky' && !refusedBefore)) {
      throw new ConnectError('come again', Code.Unavailable);
    }
  }

  #take({ submissionId, caseId, attempt }: SubmitVerificationRequest): Verification {
    const verification: Verification = {
      verificationId: randomUUID(),
      submissionId,
      caseId,
      attempt,
      calls: 1,
      outcome: UNSPECIFIED,
      reasons: [],
      decidedAt: undefined,
    };
    this.#bySubmission.set(submissionId, verification);
    for (const oldest of this.#bySubmission.keys()) {
      if (this.#bySubmission.size <= rememberedMax) break;
      this.#bySubmission.delete(oldest);
    }
    return verification;
  }

  async #decide(verification: Verification, behaviour: Behaviour): Promise<void> {
    if (behaviour === 'never') return;
    const earlier = behaviour === 'late' ? this.#earlierOf(verification) : undefined;
    const waitMs = behaviour === 'slow' ? this.#options.slowMs : pauseMs;
    await delay(waitMs, undefined, { signal: this.#stopping.signal });
    Object.assign(verification, resultOf(behaviour, earlier !== undefined), { decidedAt: timestampNow() });
    if (behaviour === 'lost') return;
    await this.#tell(verification);
    if (behaviour === 'twice') await this.#tell(verification);
    if (earlier !== undefined) await this.#tell(earlier);
  }

  #earlierOf({ caseId, submissionId }: Verification): Verification | undefined {
    return [...this.#bySubmission.values()].find((one) => one.caseId === caseId && one.submissionId !== submissionId);
  }

  async #tell({ verificationId, submissionId, outcome, reasons, decidedAt }: Verification): Promise<void> {
    const result = { verificationId, submissionId, outcome, reasons: [...reasons] };
    await this.#options.events?.send(verificationId, { ...result, ...(decidedAt && { decidedAt }) });
  }

  #answer(verificationId: string) {
    const found = [...this.#bySubmission.values()].find((each) => each.verificationId === verificationId);
    if (found === undefined) throw new ConnectError('no such verification', Code.NotFound);
    const { submissionId, outcome, reasons, decidedAt } = found;
    return { verificationId, submissionId, outcome, reasons: [...reasons], ...(decidedAt && { decidedAt }) };
  }
}

function resultOf(behaviour: Behaviour, isLaterAttempt: boolean): Pick<Verification, 'outcome' | 'reasons'> {
  if (behaviour === 'reject') return { outcome: REJECTED, reasons: ['document_tampered', 'face_mismatch'] };
  const needsMore = behaviour === 'more' || (behaviour === 'late' && !isLaterAttempt);
  return needsMore
    ? { outcome: MORE_INFORMATION, reasons: ['document_unreadable'] }
    : { outcome: APPROVED, reasons: [] };
}
