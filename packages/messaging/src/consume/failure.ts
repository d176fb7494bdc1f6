import { DomainError } from '@bank/domain';
import { describeError } from '@bank/observability';
import { MalformedEvent } from '@bank/proto/events';
import { unknownType } from '#consume/attempts.ts';

/**
 * Thrown by a consumer for a message that no repetition will make right. `reason` stands in the dead letter's headers,
 * so it must hold no personal data.
 */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure';
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

/**
 * Thrown for a message that nobody in this process takes. While a release is rolled out, bindings may already bring what only
 * the new processes know: it is tried again, so that one of those gets it, before it becomes a dead letter.
 */
export class UnknownType extends Error {
  override readonly name = 'UnknownType';
  readonly reason: string;

  constructor(type: string) {
    super(`nobody takes ${type}`);
    this.reason = `${unknownType}: ${type}`;
  }
}

export interface Failure {
  readonly permanent: boolean;
  /** Something that the consumer needs is not there, which is no fault of the message. */
  readonly away: boolean;
  /** For headers and logs: never the text of an error, which in drivers repeats the data (SR-85). */
  readonly reason: string;
}

const reasonLengthMax = 300;

/**
 * What a thrown value means for the message. Input that is invalid now stays invalid, so data that does not fit its
 * schema and `malformed` and `invalid` domain errors are permanent as well; everything else may pass by itself.
 */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof PermanentFailure) return { permanent: true, away: false, reason: cut(thrown.reason) };
  if (thrown instanceof UnknownType) return { permanent: false, away: false, reason: cut(thrown.reason) };
  if (thrown instanceof MalformedEvent) {
    return { permanent: true, away: false, reason: `message.malformed: data is no ${thrown.typeName}` };
  }
  if (thrown instanceof DomainError) {
    const permanent = thrown.kind === 'malformed' || thrown.kind === 'invalid';
    const { reason } = describeError(thrown);
    return {
      permanent,
      away: thrown.kind === 'unavailable',
      reason: cut(reason === undefined ? thrown.code : `${thrown.code}: ${reason}`),
    };
  }
  const { type, code, stack } = describeError(thrown);
  const place = placeOf(stack);
  return {
    permanent: false,
    away: false,
    reason: cut([type, code, place].filter((part) => part !== undefined).join(' ')),
  };
}

/** The innermost frame without folders: `at recordSignIn (record-sign-in.ts:42:7)`. */
function placeOf(stack: string | undefined): string | undefined {
  return stack?.split('\n')[0]?.replace(/(?:[a-z]+:\/\/)?\/\S*\//g, '');
}

function cut(reason: string): string {
  return reason.length > reasonLengthMax ? `${reason.slice(0, reasonLengthMax)}…` : reason;
}
