export {
  decodeEvent,
  type EncodedEvent,
  encodeEvent,
  eventSchemas,
  eventTypeOf,
  MalformedEvent,
} from './event-codec.ts';
export * from './gen/bank/events/v1/admin_events_pb.ts';
export * from './gen/bank/events/v1/audit_events_pb.ts';
export * from './gen/bank/events/v1/auth_events_pb.ts';
export * from './gen/bank/events/v1/bank_account_events_pb.ts';
export * from './gen/bank/events/v1/device_events_pb.ts';
export * from './gen/bank/events/v1/kyc_events_pb.ts';
export * from './gen/bank/events/v1/mfa_events_pb.ts';
export * from './gen/bank/events/v1/profile_events_pb.ts';
export * from './gen/bank/events/v1/settings_events_pb.ts';
export * from './gen/bank/events/v1/user_events_pb.ts';
