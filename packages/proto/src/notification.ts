export * from './gen/bank/notification/v1/notification_events_pb.ts';
export * from './gen/bank/notification/v1/notification_service_pb.ts';
