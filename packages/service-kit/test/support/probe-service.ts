import { create, createFileRegistry } from '@bufbuild/protobuf';
import type { GenService } from '@bufbuild/protobuf/codegenv2';
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_wrappers,
  MethodOptions_IdempotencyLevel as Idempotency,
  type StringValueSchema,
} from '@bufbuild/protobuf/wkt';

type Text = typeof StringValueSchema;

/** A service of every kind of method over `google.protobuf.StringValue`; the contracts have no stream yet. */
export type ProbeService = GenService<{
  say: { methodKind: 'unary'; input: Text; output: Text };
  read: { methodKind: 'unary'; input: Text; output: Text };
  put: { methodKind: 'unary'; input: Text; output: Text };
  whoAmI: { methodKind: 'unary'; input: Text; output: Text };
  staffOnly: { methodKind: 'unary'; input: Text; output: Text };
  count: { methodKind: 'server_streaming'; input: Text; output: Text };
  collect: { methodKind: 'client_streaming'; input: Text; output: Text };
}>;

const text = '.google.protobuf.StringValue';
const method = (name: string, options: object = {}) => ({ name, inputType: text, outputType: text, ...options });

const file = create(FileDescriptorProtoSchema, {
  name: 'bank/probe/v1/probe.proto',
  package: 'bank.probe.v1',
  syntax: 'proto3',
  dependency: ['google/protobuf/wrappers.proto'],
  service: [
    {
      name: 'ProbeService',
      method: [
        method('Say'),
        method('Read', { options: { idempotencyLevel: Idempotency.NO_SIDE_EFFECTS } }),
        method('Put', { options: { idempotencyLevel: Idempotency.IDEMPOTENT } }),
        method('WhoAmI'),
        method('StaffOnly'),
        method('Count', { serverStreaming: true }),
        method('Collect', { clientStreaming: true }),
      ],
    },
  ],
});

function load(): ProbeService {
  const set = create(FileDescriptorSetSchema, { file: [file_google_protobuf_wrappers.proto, file] });
  const service = createFileRegistry(set).getService('bank.probe.v1.ProbeService');
  if (service === undefined) {
    throw new Error('the probe service does not load');
  }
  return service as ProbeService;
}

export const ProbeService = load();

export const probeMethods = ProbeService.methods.map(({ name }) => `bank.probe.v1.ProbeService/${name}`);
