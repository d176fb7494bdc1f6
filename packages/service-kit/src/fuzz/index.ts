export { type FuzzOptions, type FuzzReport, type FuzzTarget, fuzzRoutes } from '#fuzz/fuzz-routes.ts';
