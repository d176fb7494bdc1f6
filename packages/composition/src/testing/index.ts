export { type DataRightsUnderTest, type GivenPerson, type LateEvents, testDataRights } from '#testing/data-rights.ts';
export { testGrowth, trimTables } from '#testing/growth.ts';
export { keepDeliveries, messagesTo } from '#testing/kept-deliveries.ts';
export { publishEvents, type TestEvent, untilDeadLettered } from '#testing/messages.ts';
export { request, type TestRequest } from '#testing/request.ts';
export { rpcNeighbour, sharedNeighbour } from '#testing/rpc-neighbour.ts';
export { type StartableApp, sharedApp, type TestApp, testApp } from '#testing/test-app.ts';
export { type AppUnderTest, type TestEnvironment, testEnvironment } from '#testing/test-environment.ts';
export { type TestIssuer, type TokenOptions, testIssuer } from '#testing/test-issuer.ts';
