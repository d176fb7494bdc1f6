export { type BaseConfig, baseEnv } from '#config/base-env.ts';
export { ConfigError } from '#config/config-error.ts';
export { readConfig } from '#config/read-config.ts';
export {
  envDirectory,
  envFile,
  envInteger,
  envList,
  envNetworks,
  envOrigins,
  envPort,
  envRpcUrl,
  envSecret,
  envSecretUrl,
  envUrl,
} from '#config/values.ts';
export { type Problem, problemOf } from '#http/answer/problem.ts';
export { etagOf, versionOf } from '#http/contract/conditional.ts';
export { type Cookie, expiredCookie, secureCookie } from '#http/contract/cookie.ts';
export { defineRoutes } from '#http/contract/define-routes.ts';
export { impliedErrors } from '#http/contract/implied-errors.ts';
export { listQuery, type Page, pageOf, pageSchema, wholeListQuery } from '#http/contract/list.ts';
export { accepted, created, type HttpReply, noContent, ok } from '#http/contract/reply.ts';
export type { HttpMethod, HttpRequest } from '#http/contract/request.ts';
export type { Route, RouteDescription, RouteLimit, StepUp } from '#http/contract/route.ts';
export type { TokenVerifier } from '#http/guards/authentication.ts';
export type { CorsOptions } from '#http/guards/cors.ts';
export type { IdempotencyScope, IdempotencyStore, StoredAnswer } from '#http/guards/idempotency.ts';
export { checkListener, type Listener, listenerOf } from '#http/guards/listener.ts';
export type { RateLimitStore } from '#http/guards/rate-limit.ts';
export { type AddressGroup, addressGroups } from '#http/input/client-address.ts';
export { type OpenApiDocument, openApiDocument } from '#openapi/document.ts';
export { docsPage, docsPolicy } from '#ops/docs-page.ts';
export type { Dependency } from '#ops/readiness.ts';
export { createRpcClient, type RpcClientOptions } from '#rpc/client/create-rpc-client.ts';
export { forwardUser } from '#rpc/client/forward-user.ts';
export {
  defineRpc,
  methodName,
  type RpcAccess,
  type RpcCall,
  type RpcMethod,
  type RpcMethods,
  type RpcService,
} from '#rpc/define-rpc.ts';
export type { TlsFiles } from '#rpc/tls-files.ts';
export { createClaimingLoop } from '#runtime/claiming-loop.ts';
export { createLoop, type Loop, type LoopOptions } from '#runtime/loop.ts';
export { PortError } from '#runtime/ports.ts';
export type { Denial, DenialLog } from '#runtime/refusals.ts';
export { runService } from '#runtime/run-service.ts';
export {
  composeService,
  type Service,
  type ServiceConfig,
  type ServiceOptions,
  type ServiceTimings,
  type Worker,
} from '#runtime/service.ts';
