export * from './gen/bank/auth/v1/auth_service_pb.ts';
export * from './gen/bank/auth/v1/public_key_pb.ts';
export * from './gen/bank/auth/v1/session_pb.ts';
export * from './gen/bank/auth/v1/signing_key_pb.ts';
export * from './gen/bank/auth/v1/transaction_pb.ts';
