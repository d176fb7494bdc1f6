/**
 * The one list of what may leave the process in a log line or an error report (SR-85). A field that is not named here
 * is not printed, whatever it holds; a field that is named must also look like what it is said to be, so that an email
 * address that strays into `userId` is stopped as well. Adding a name is a decision for review: ids, counts, states
 * and names of our own code belong here, anything a person typed does not.
 */
export type Shape = 'token' | 'label' | 'text' | 'number' | 'boolean' | 'time' | 'error' | 'group';

const tokens = [
  ...['requestId', 'traceparent', 'traceId', 'spanId', 'actorKind', 'clientNetwork', 'caller', 'audience'],
  ...['userId', 'sessionId', 'deviceId', 'registrationId', 'subject', 'clientId', 'factorId', 'challengeId', 'loginId'],
  ...['approvalId', 'caseId', 'documentId', 'deliveryId', 'providerMessageId', 'eventId', 'messageId', 'tokenId'],
  ...['recoveryId', 'service', 'environment', 'release'],
  ...['method', 'route', 'rpc', 'rpcCode', 'protocol', 'code', 'kind', 'rule', 'type', 'outcome', 'state', 'action'],
  ...['fromState', 'toState', 'acr', 'permission', 'role', 'limitName', 'keyId', 'keyring', 'algorithm', 'source'],
  ...['eventType', 'destination', 'queue', 'exchange', 'routingKey', 'consumer', 'producer', 'vhost', 'channel'],
  ...['template', 'locale', 'provider', 'schema', 'table', 'column', 'constraint', 'migration', 'partition', 'routine'],
  ...['sqlState', 'syscall', 'signal', 'host', 'listenAddress', 'variable', 'nodeVersion', 'dataschema', 'lease'],
] as const;

/** Names that our code gives to its own parts, in words. */
const labels = ['actor', 'dependency', 'worker', 'job', 'task', 'command', 'component', 'stage'] as const;

const texts = ['reason'] as const;

const numbers = [
  ...[
    'status',
    'durationMs',
    'bytes',
    'requestBytes',
    'responseBytes',
    'port',
    'httpPort',
    'rpcPort',
    'pid',
    'exitCode',
  ],
  ...['attempt', 'attempts', 'attemptsMax', 'delayMs', 'deadlineMs', 'timeoutMs', 'retryAfterSeconds', 'windowSeconds'],
  ...['count', 'total', 'limit', 'points', 'remaining', 'rows', 'published', 'confirmed', 'returned', 'batchSize'],
  ...[
    'backlog',
    'lagSeconds',
    'lagMs',
    'oldestSeconds',
    'offsetSeconds',
    'silenceMs',
    'queued',
    'running',
    'size',
    'idle',
    'waiting',
  ],
  ...[
    'sequence',
    'epoch',
    'number',
    'sinceNumber',
    'version',
    'shard',
    'length',
    'generation',
    'redeliveries',
    'errno',
  ],
  ...['sessions', 'tokens', 'entries', 'keys', 'hits', 'misses', 'evicted', 'brokerCode'],
] as const;

const booleans = [
  'cached',
  'redelivered',
  'applied',
  'retryable',
  'current',
  'secure',
  'known',
  'stale',
  'valid',
] as const;

const errors = ['err', 'error'] as const;

const times = ['at', 'since', 'until', 'expiresAt', 'startedAt', 'notBefore'] as const;

const groups = ['errors', 'dependencies', 'details', 'limits'] as const;

type SafeName =
  | (typeof tokens)[number]
  | (typeof labels)[number]
  | (typeof texts)[number]
  | (typeof numbers)[number]
  | (typeof booleans)[number]
  | (typeof times)[number]
  | (typeof errors)[number]
  | (typeof groups)[number];

/** What a log line may carry. A name that would not be printed does not compile, so nothing vanishes unseen. */
export type LogFields = { readonly [N in SafeName]?: unknown };

function table(): ReadonlyMap<string, Shape> {
  const entries: [string, Shape][] = [];
  const put = (names: readonly string[], shape: Shape) => {
    for (const name of names) entries.push([name, shape]);
  };
  put(tokens, 'token');
  put(labels, 'label');
  put(texts, 'text');
  put(numbers, 'number');
  put(booleans, 'boolean');
  put(times, 'time');
  put(errors, 'error');
  put(groups, 'group');
  return new Map(entries);
}

const shapes = table();

/** The shape a field of that name must have, or undefined when the name is not on the list. */
export function shapeOfField(name: string): Shape | undefined {
  return shapes.get(name);
}
