import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { uuidv7 } from '@bank/domain';
import { canary } from '@bank/scripts/canaries';
import { appNames, type Stack } from '@bank/scripts/stack';
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { ownServices } from '../matrix/inventory.ts';
import { RpcCaller } from '../matrix/rpc-call.ts';
import { rpcRules } from '../matrix/tables.ts';
import type { Canaries } from './fields.ts';

/** Whoever has a certificate of the stack's authority. */
const holders = [...appNames, 'ops', 'notification', 'audit', 'payments'] as const;
const atOnce = 6;

/** Calls every method with canaries in every field, as each holder of a certificate, for each token. Gives the outcomes. */
export async function sprayMethods(stack: Stack, tokens: readonly string[], canaries: Canaries): Promise<string[]> {
  const folder = dirname(stack.addresses.tls.ca);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const callers = holders.map((holder) => {
    return new RpcCaller({ ca: read('ca.pem'), cert: read(`${holder}.pem`), key: read(`${holder}.key`) });
  });
  const methods = (await ownServices()).flatMap(({ typeName, methods: all }) =>
    all.map((method) => ({ name: `${typeName}/${method.name}`, method })),
  );
  const calls = methods.flatMap(({ name, method }) => {
    const servers = rpcRules.filter((rule) => rule.method === name && rule.app !== 'none').map(({ app }) => app);
    const streams = method.methodKind !== 'unary';
    return messagesOf(method.input, canaries).flatMap((message) =>
      [...new Set(servers)].flatMap((app) =>
        callers.flatMap((caller) =>
          tokens.map((token) => {
            const url = stack.addresses.apps[app as (typeof appNames)[number]].rpc;
            return () => caller.call(url, name, { token, message, streams });
          }),
        ),
      ),
    );
  });
  const outcomes: string[] = [];
  const next = calls.values();
  const work = async () => {
    for (const call of next) outcomes.push(await call());
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  for (const caller of callers) caller.close();
  return outcomes;
}

/** A message for each alternative it has; ids once as they should be, and once as canaries, which no form lets through. */
function messagesOf(desc: DescMessage, canaries: Canaries): object[] {
  const alternatives = Math.max(1, ...desc.oneofs.map(({ fields }) => fields.length));
  return [uuidv7, () => canary('id')].flatMap((id) =>
    Array.from({ length: alternatives }, (_none, turn) => messageOf(desc, { canaries, id, turn, depth: 0 })),
  );
}

interface Filling {
  readonly canaries: Canaries;
  readonly id: () => string;
  /** Which field of a oneof is set. */
  readonly turn: number;
  readonly depth: number;
}

function messageOf(desc: DescMessage, filling: Filling): object {
  const chosen = desc.fields.filter(({ oneof, number }) => {
    return oneof === undefined || oneof.fields[filling.turn % oneof.fields.length]?.number === number;
  });
  const entries = chosen.map((field) => [field.jsonName, filled(field, filling)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function filled(field: DescField, filling: Filling): unknown {
  if (field.fieldKind === 'map') return { [canary('mapkey')]: canary('mapvalue') };
  const one = field.fieldKind === 'list' ? itemOf(field, filling) : singleOf(field, filling);
  return field.fieldKind === 'list' && one !== undefined ? [one] : one;
}

function singleOf(field: DescField & { fieldKind: 'scalar' | 'enum' | 'message' }, filling: Filling): unknown {
  if (field.fieldKind === 'message') return nested(field.message, filling);
  if (field.fieldKind === 'enum') return field.enum.values.at(-1)?.name;
  return scalarOf(field.scalar, field.localName, filling);
}

function itemOf(field: DescField & { fieldKind: 'list' }, filling: Filling): unknown {
  if (field.listKind === 'message') return nested(field.message, filling);
  if (field.listKind === 'enum') return field.enum.values.at(-1)?.name;
  return scalarOf(field.scalar, field.localName, filling);
}

function nested(desc: DescMessage, filling: Filling): unknown {
  if (desc.typeName === 'google.protobuf.Timestamp') return new Date().toISOString();
  if (desc.typeName === 'google.protobuf.Duration') return '60s';
  if (desc.typeName === 'google.protobuf.Struct') return { [canary('structkey')]: canary('structvalue') };
  return filling.depth > 3 ? undefined : messageOf(desc, { ...filling, depth: filling.depth + 1 });
}

function scalarOf(scalar: ScalarType, name: string, { canaries, id }: Filling): unknown {
  if (scalar === ScalarType.BYTES) return Buffer.from(canaries.for(name, {})).toString('base64');
  if (scalar === ScalarType.BOOL) return true;
  if (scalar !== ScalarType.STRING) return 1;
  return /(^i|I)ds?$/.test(name) && name !== 'clientId' ? id() : canaries.for(name, {});
}
