import {
  create,
  type DescMessage,
  fromJson,
  getOption,
  hasOption,
  type JsonObject,
  type JsonValue,
  type MessageInitShape,
  type MessageShape,
  toJson,
} from '@bufbuild/protobuf';
import { file_bank_events_v1_admin_events } from './gen/bank/events/v1/admin_events_pb.ts';
import { file_bank_events_v1_audit_events } from './gen/bank/events/v1/audit_events_pb.ts';
import { file_bank_events_v1_auth_events } from './gen/bank/events/v1/auth_events_pb.ts';
import { file_bank_events_v1_bank_account_events } from './gen/bank/events/v1/bank_account_events_pb.ts';
import { file_bank_events_v1_device_events } from './gen/bank/events/v1/device_events_pb.ts';
import { event_type } from './gen/bank/events/v1/event_type_pb.ts';
import { file_bank_events_v1_kyc_events } from './gen/bank/events/v1/kyc_events_pb.ts';
import { file_bank_events_v1_mfa_events } from './gen/bank/events/v1/mfa_events_pb.ts';
import { file_bank_events_v1_profile_events } from './gen/bank/events/v1/profile_events_pb.ts';
import { file_bank_events_v1_settings_events } from './gen/bank/events/v1/settings_events_pb.ts';
import { file_bank_events_v1_user_events } from './gen/bank/events/v1/user_events_pb.ts';

/** The parts of a CloudEvent that follow from its message. */
export interface EncodedEvent {
  /** CloudEvents `type` and routing key, such as `user.registered.v1`. */
  readonly type: string;
  /** URI of the message, such as `proto:bank.events.v1.UserRegistered`. */
  readonly dataschema: string;
  /** The message in protobuf JSON. */
  readonly data: JsonObject;
}

// Options are decoded each time they are asked for, which takes longer than the rest of an event.
const types = new WeakMap<DescMessage, string>();

/** The CloudEvents type that a message of `bank.events.v1` declares. @throws Error for any other message */
export function eventTypeOf(schema: DescMessage): string {
  const known = types.get(schema);
  if (known !== undefined) return known;
  if (!hasOption(schema, event_type)) throw new Error(`${schema.typeName} declares no event_type`);
  const type = getOption(schema, event_type);
  types.set(schema, type);
  return type;
}

/** Encodes an event as protobuf JSON, default values included so that readers without the schema see every field. */
export function encodeEvent<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): EncodedEvent {
  const data: JsonValue = toJson(schema, create(schema, init), { alwaysEmitImplicit: true });
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    throw new Error(`${schema.typeName} has a special JSON form and cannot be an event`);
  }
  return { type: eventTypeOf(schema), dataschema: `proto:${schema.typeName}`, data };
}

/** Data of an event that does not fit its message. It says which message, and nothing of the data. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
  /** Full name of the message, such as `bank.events.v1.UserRegistered`. */
  readonly typeName: string;

  constructor(typeName: string) {
    super(`data is no ${typeName}`);
    this.typeName = typeName;
  }
}

/** Decodes the `data` of an event; fields that a newer producer added are ignored. @throws MalformedEvent when it does not fit */
export function decodeEvent<Desc extends DescMessage>(schema: Desc, data: unknown): MessageShape<Desc> {
  try {
    return fromJson(schema, data as JsonValue, { ignoreUnknownFields: true });
  } catch {
    // The decoder's own error repeats what it read.
    throw new MalformedEvent(schema.typeName);
  }
}

const eventFiles = [
  file_bank_events_v1_admin_events,
  file_bank_events_v1_audit_events,
  file_bank_events_v1_auth_events,
  file_bank_events_v1_bank_account_events,
  file_bank_events_v1_device_events,
  file_bank_events_v1_kyc_events,
  file_bank_events_v1_mfa_events,
  file_bank_events_v1_profile_events,
  file_bank_events_v1_settings_events,
  file_bank_events_v1_user_events,
];

/** Every event message by its CloudEvents type. */
export const eventSchemas: ReadonlyMap<string, DescMessage> = new Map(
  eventFiles.flatMap((file) => file.messages.map((schema) => [eventTypeOf(schema), schema] as const)),
);
