import { DomainError, type ErrorCode, isErrorCode } from '@bank/domain';
import { requestContext } from '@bank/observability';
import { defineRpc } from '#index.ts';
import { ProbeService } from './probe-service.ts';

export interface ProbeContext {
  /** How often a handler ran. */
  calls: number;
  /** Calls that fail before one succeeds. */
  failures: ErrorCode[];
}

export const probeRpc = defineRpc<ProbeContext, ProbeService>(ProbeService, {
  say: {
    access: 'service',
    async handle(ctx, { value }, call) {
      ctx.calls += 1;
      return { value: await answerTo(ctx, value, call.signal) };
    },
  },
  read: {
    access: 'service',
    async handle(ctx, { value }, call) {
      ctx.calls += 1;
      return { value: await answerTo(ctx, value, call.signal) };
    },
  },
  put: {
    access: 'service',
    async handle(ctx, { value }, call) {
      ctx.calls += 1;
      return { value: await answerTo(ctx, value, call.signal) };
    },
  },
  whoAmI: {
    access: 'user',
    handle: async (_ctx, _request, { actor, caller }) => ({ value: JSON.stringify({ actor, caller }) }),
  },
  staffOnly: { access: 'staff', handle: async (_ctx, _request, { actor }) => ({ value: actor.kind }) },
  count: {
    access: 'service',
    async *handle(ctx, { value }, call) {
      const { signal } = call;
      for (let number = 1; number <= Number(value); number += 1) {
        yield { value: String(number) };
      }
      if (value === '0') {
        ctx.calls += 1;
        yield { value: requestContext.get()?.requestId ?? 'no context' };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }
      while (value === '-2' && !signal.aborted) {
        yield { value: 'x'.repeat(1 << 16) };
      }
      while (value === 'fields' && !signal.aborted) {
        yield { value: [...call.fields].join() };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (value === '-1') {
        throw new DomainError('user.not_found');
      }
    },
  },
  collect: {
    access: 'service',
    async handle(_ctx, request) {
      const values: string[] = [];
      for await (const { value } of request) {
        values.push(value);
      }
      return { value: values.join() };
    },
  },
});

/** The request's text says what happens: a code fails with it, other words do what they say. */
async function answerTo(ctx: ProbeContext, value: string, signal: AbortSignal): Promise<string> {
  const failure = ctx.failures.shift();
  if (failure !== undefined) {
    throw new DomainError(failure);
  }
  if (isErrorCode(value)) {
    const details = {
      retryAfterSeconds: 7,
      acr: 'aal2',
      maxAgeSeconds: 60,
      errors: [{ path: 'a', rule: 'b' }],
    } as const;
    throw new DomainError(value, { reason: 'for the log', details });
  }
  switch (value) {
    case 'hang':
      return new Promise(() => undefined);
    case 'wait':
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return 'aborted';
    case 'accident':
      throw new Error('select * from secrets');
    case 'context':
      return JSON.stringify(requestContext.get());
    default:
      return value;
  }
}
