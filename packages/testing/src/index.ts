export {
  certificatesOfAuthority,
  type LeafOptions,
  type TestCertificate,
  type TestCertificates,
  testCertificates,
} from '#control/certificates.ts';
export { type FixedClock, fixedClock } from '#control/clock.ts';
export { type DeviceKey, deviceKey } from '#control/device-key.ts';
export { type SequentialIds, sequentialIds } from '#control/ids.ts';
export { pairsByLot } from '#control/pairs-by-lot.ts';
export { type ProofKey, type ProofParts, proofKey } from '#control/proof-key.ts';
export { losers, raceOf, winners } from '#control/race.ts';
export { median, telltaleGap } from '#control/telltale-gap.ts';
export { type UntilOptions, until } from '#control/until.ts';
export { temporaryFolder } from '#run/temporary-folder.ts';
export { type ServiceVariable, serviceAddress } from '#services/addresses.ts';
export { holdUntilAwaited } from '#services/hold-until-awaited.ts';
export { type HttpAnswer, type HttpCall, type TestHttpServer, testHttpServer } from '#services/http-server.ts';
export { beginning, type TestDatabase, type TestDatabaseOptions, testDatabase } from '#services/postgres.ts';
export { bundledProgram } from '#services/program.ts';
export { type TestProxy, type TestProxyOptions, testProxy } from '#services/proxy.ts';
export { type BrokerDefinitions, type TestRabbitVhost, testRabbitVhost } from '#services/rabbit.ts';
export { type TestRedis, testRedis } from '#services/redis.ts';
export { type RedisWatch, watchRedis } from '#services/redis-watch.ts';
export { type TestSandbox, type TestSandboxOptions, testSandbox } from '#services/sandbox.ts';
