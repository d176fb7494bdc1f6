export * from './gen/bank/user/v1/user_contact_pb.ts';
export * from './gen/bank/user/v1/user_pb.ts';
export * from './gen/bank/user/v1/user_service_pb.ts';
export * from './gen/bank/user/v1/user_transfer_pb.ts';
export * from './gen/bank/user/v1/user_watch_pb.ts';
