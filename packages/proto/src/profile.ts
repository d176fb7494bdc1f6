export * from './gen/bank/profile/v1/change_request_pb.ts';
export * from './gen/bank/profile/v1/kyc_pb.ts';
export * from './gen/bank/profile/v1/profile_pb.ts';
export * from './gen/bank/profile/v1/profile_service_pb.ts';
export * from './gen/bank/profile/v1/settings_pb.ts';
