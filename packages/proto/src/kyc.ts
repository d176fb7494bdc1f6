export * from './gen/bank/kyc/v1/kyc_events_pb.ts';
export * from './gen/bank/kyc/v1/kyc_service_pb.ts';
