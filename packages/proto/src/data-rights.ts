export * from './gen/bank/data_rights/v1/data_rights_service_pb.ts';
