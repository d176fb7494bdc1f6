export * from './gen/bank/audit/v1/audit_service_pb.ts';
