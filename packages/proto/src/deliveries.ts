export * from './gen/bank/deliveries/v1/delivery_pb.ts';
