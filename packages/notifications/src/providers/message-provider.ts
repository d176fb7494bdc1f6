interface Message {
  /** Names this delivery in all its attempts, so that a copy sent twice can be told from two messages. UUID. */
  readonly deliveryId: string;
  readonly to: string;
  readonly template: string;
  readonly text: string;
  /** After this moment it is of no use any more. */
  readonly expiresAt: Date;
}

/** An email that is ready to go. */
export interface EmailMessage extends Message {
  readonly channel: 'email';
  readonly subject: string;
  readonly html: string;
}

/** A text message that is ready to go; `to` is E.164. */
export interface SmsMessage extends Message {
  readonly channel: 'sms';
  /** The one-time code of a message that says nothing else that matters, for carriers with words of their own for codes. */
  readonly code?: string;
}

/** Hands messages to whoever carries them. */
export interface MessageProvider<M = EmailMessage> {
  /** As configuration, metrics and the record of a delivery call it. */
  readonly name: string;
  /** Whether it carries messages like this one; every message when left out. */
  carries?(message: M): boolean;
  /**
   * Resolves once the carrier has accepted responsibility. A message whose acceptance was not heard may be sent again:
   * it keeps its identity. @throws DeliveryError
   */
  send(message: M): Promise<{ providerMessageId: string }>;
  close(): Promise<void>;
}

interface FailureFacts {
  /** The reply code of SMTP (RFC 5321 §4.2) or the status of HTTP, where there was a reply. */
  readonly status?: number;
  /** Whether the carrier, and not this message, is what is wrong: others would fail there as well. */
  readonly carrierAway?: boolean;
  /** Whether the address is what was refused, for good: it says nothing of the carrier, nor of any other message. */
  readonly recipientRefused?: boolean;
}

/** Why a message was not accepted. `transient`: try again later; `permanent`: the same message will never be accepted. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly kind: 'transient' | 'permanent';
  readonly code: string;
  readonly status: number | undefined;
  readonly carrierAway: boolean;
  readonly recipientRefused: boolean;

  // No cause: what libraries and carriers say repeats the address.
  constructor(kind: 'transient' | 'permanent', code: string, facts: FailureFacts = {}) {
    const { status, carrierAway = false, recipientRefused = false } = facts;
    super(status === undefined ? `${kind} ${code}` : `${kind} ${code} ${status}`);
    this.kind = kind;
    this.code = code;
    this.status = status;
    this.carrierAway = carrierAway;
    this.recipientRefused = recipientRefused;
  }
}
