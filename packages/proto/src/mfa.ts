export * from './gen/bank/mfa/v1/challenge_pb.ts';
export * from './gen/bank/mfa/v1/factor_pb.ts';
export * from './gen/bank/mfa/v1/mfa_service_pb.ts';
export * from './gen/bank/mfa/v1/passkey_pb.ts';
