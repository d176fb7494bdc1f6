import { setTimeout as pause } from 'node:timers/promises';
import type { Secret } from '@bank/domain';
import { createHttpCaller, type HttpCall, type HttpCaller, type HttpReply, isAway, NoReply } from '@bank/outbound';
import * as v from 'valibot';

export interface ProviderApiOptions {
  /** Where the API is; its version is part of it. */
  readonly baseUrl: string;
  readonly secretKey: Secret;
  /** For one question altogether. */
  readonly deadlineMs: number;
}

/**
 * A question that a provider did not answer: it is away, says something else than it documents, refuses in a way that is not about what was
 * asked, or we gave up ourselves. Holds nothing of question and answer.
 */
export class LookupFailed extends Error {
  override readonly name = 'LookupFailed';
  readonly kind: 'away' | 'malformed' | 'refused' | 'closed';

  constructor(kind: LookupFailed['kind'], detail: string) {
    super(`${kind} ${detail}`);
    this.kind = kind;
  }
}

/** An API of a provider that takes a bearer key and answers with JSON. */
export interface ProviderApi {
  /**
   * Asks. Undefined when the provider says that what was asked about is not there, which it says by 400 or 422.
   * @throws LookupFailed
   */
  ask<const S extends v.GenericSchema>(
    call: Pick<HttpCall, 'method' | 'path' | 'query'> & { readonly body?: object },
    answer: S,
  ): Promise<v.InferOutput<S> | undefined>;
  close(): Promise<void>;
}

/** Lists of banks and billers are longer than other answers. */
const replyBytesMax = 1024 * 1024;
const pauseMaxMs = 200;
/** Of the deadline: what breaks off later is not asked again, or the next provider would have no time. */
const earlyShare = 0.25;

/** Every question only reads, so one that broke off early is asked once more; one that took too long is not. */
export function createProviderApi({ baseUrl, secretKey, deadlineMs }: ProviderApiOptions): ProviderApi {
  const caller = createHttpCaller({ baseUrl, deadlineMs, replyBytesMax });
  return {
    async ask({ method, path, query, body }, answer) {
      const headers = {
        authorization: `Bearer ${secretKey.reveal()}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const call = {
        ...{ method, path, headers },
        ...(query !== undefined && { query }),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      };
      const reply = await callTwice(caller, call, deadlineMs * earlyShare);
      if (reply.status === 400 || reply.status === 422) return undefined;
      if (reply.status !== 200) {
        throw new LookupFailed(isAway(reply.status) ? 'away' : 'refused', String(reply.status));
      }
      const read = v.safeParse(answer, reply.body);
      // What was answered stays out of it: it names a person.
      if (!read.success) throw new LookupFailed('malformed', 'answer');
      return read.output;
    },
    async close() {
      caller.close();
    },
  };
}

async function callTwice(caller: HttpCaller, call: HttpCall, earlyMs: number): Promise<HttpReply> {
  const began = performance.now();
  try {
    return await caller.call(call);
  } catch (error) {
    if (!isBrokenOff(error) || performance.now() - began > earlyMs) throw failureOf(error);
    await pause(Math.random() * pauseMaxMs);
    return await caller.call(call).catch((again: unknown) => {
      throw failureOf(again);
    });
  }
}

function isBrokenOff(error: unknown): boolean {
  return error instanceof NoReply && error.reason === 'network';
}

function failureOf(error: unknown): unknown {
  if (!(error instanceof NoReply)) return error;
  return new LookupFailed(error.reason === 'closed' ? 'closed' : 'away', error.reason);
}
