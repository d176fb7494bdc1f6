export { type FuzzOptions, type FuzzReport, type FuzzTarget, fuzzRoutes } from '#fuzz/fuzz-routes.ts';
export { type FuzzRpcOptions, fuzzRpc } from '#fuzz/fuzz-rpc.ts';
