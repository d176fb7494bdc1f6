export * from './gen/bank/errors/v1/error_info_pb.ts';
