export * from './gen/bank/ledger/v1/audit_entry_pb.ts';
export * from './gen/bank/ledger/v1/checkpoint_pb.ts';
