export * from './gen/bank/admin/v1/admin_service_pb.ts';
