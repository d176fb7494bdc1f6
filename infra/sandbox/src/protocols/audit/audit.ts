import { setTimeout as delay } from 'node:timers/promises';
import { AppendRefusalSchema, type AppendRequest, AuditService } from '@bank/proto/audit';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import { AuditStore, type Head, type Refusal } from '#protocols/audit/audit-store.ts';
import { type Behaviour, behaviours } from '#protocols/audit/behaviour.ts';
import type { Protocol } from '#protocols/protocol.ts';
import { createRpcListener, hangUpKey, type RpcListener } from '#protocols/rpc/rpc-listener.ts';

export interface AuditOptions {
  readonly host: string;
  readonly port: number;
  readonly tlsFolder: string;
  readonly slowMs: number;
}

/** The platform's Audit service (`bank.audit.v1`) for admin, with a store that can be looked into. */
export class AuditProtocol implements Protocol {
  readonly name = 'audit';
  readonly store = new AuditStore();
  behaviour: Behaviour = 'normal';
  readonly outcomes = Object.entries(behaviours).map(([input, outcome]) => {
    return { input: `PUT /api/audit/behaviour {"behaviour":"${input}"}`, outcome };
  });
  readonly #slowMs: number;
  readonly #listener: RpcListener;
  readonly #stopping = new AbortController();

  constructor({ slowMs, ...place }: AuditOptions) {
    this.#slowMs = slowMs;
    this.#listener = createRpcListener({
      ...place,
      holder: 'audit',
      callers: ['spiffe://bank/app/admin', 'spiffe://bank/tool/tools'],
      routes: (router) =>
        router.service(AuditService, { append: (requests, context) => this.#append(requests, context) }),
    });
  }

  start(): Promise<string> {
    return this.#listener.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#listener.stop();
  }

  async #append(requests: AsyncIterable<AppendRequest>, context: HandlerContext) {
    const { behaviour } = this;
    if (behaviour === 'down') throw new ConnectError('the sandbox was told to be down', Code.Unavailable);
    if (behaviour === 'refuse') throw new ConnectError('the sandbox was told to refuse', Code.PermissionDenied);
    for await (const { entries } of requests) {
      const refusal = this.store.append(entries);
      if (refusal !== undefined) throw refusalError(refusal);
    }
    if (behaviour === 'slow') await delay(this.#slowMs, undefined, { signal: this.#stopping.signal });
    if (behaviour === 'mute') context.values.get(hangUpKey)();
    return { heads: this.store.heads().map(headMessage) };
  }
}

function headMessage({ shard, position, hash }: Head) {
  return { shard, position: BigInt(position), hash };
}

function refusalError({ reason, shard, position, head }: Refusal): ConnectError {
  const value = { reason, shard, position: BigInt(position), head: headMessage(head) };
  return new ConnectError(`shard ${shard} position ${position} is refused`, Code.FailedPrecondition, undefined, [
    { desc: AppendRefusalSchema, value },
  ]);
}
