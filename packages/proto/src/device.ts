export * from './gen/bank/device/v1/device_pb.ts';
export * from './gen/bank/device/v1/device_service_pb.ts';
