export {
  type Attempt,
  type Chain,
  type ChainOptions,
  createChain,
  type Judgement,
  NotAsked,
  type Provider,
  type ProviderStatus,
} from '#chain.ts';
export { type BreakerOptions, type BreakerState, CircuitBreaker, type Shown } from '#circuit-breaker.ts';
export {
  createHttpCaller,
  type HttpCall,
  type HttpCaller,
  type HttpCallerOptions,
  type HttpReply,
  isAway,
  NoReply,
} from '#http-caller.ts';
