import { expect, test } from 'vitest';
import { requestContext } from '#context/request-context.ts';
import { createLogger, type LoggerOptions } from '#logging/logger.ts';

function captured(level: LoggerOptions['level'] = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ service: 'auth', level, destination: { write: (line) => lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

test('a line has time, level, service, fields and message', () => {
  const { logger, last } = captured();
  logger.info({ status: 201, durationMs: 1.5 }, 'answered');
  expect(last()).toMatchObject({ level: 'info', service: 'auth', status: 201, durationMs: 1.5, msg: 'answered' });
  expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('SR-86: the running request is on every line, the client by its network only', () => {
  const { logger, last } = captured();
  const context = { requestId: 'r-1', traceparent: '00-a-b-01', clientAddress: '203.0.113.77', actor: 'user:0198' };
  requestContext.run(context, () => logger.info('inside'));
  expect(last()).toMatchObject({ requestId: 'r-1', actor: 'user:0198', clientNetwork: '203.0.113.0/24' });
  expect(JSON.stringify(last())).not.toContain('203.0.113.77');
  logger.info('outside');
  expect(last()).not.toHaveProperty('requestId');
});

test('SR-87: nothing can begin a line of its own', () => {
  const { logger, lines } = captured();
  logger.warn({ reason: 'x"}\n{"level":"info","msg":"forged"}\u2028' }, 'first\n{"msg":"forged"}');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn' });
});

test('SR-85: fields of lines and of child loggers pass the same list', () => {
  const { logger, last } = captured();
  // @ts-expect-error a field that is not on the list does not compile
  logger.child({ worker: 'relay', token: 'hunter2' }).error({ userId: 'ada@bank.example' }, 'mail to ada@bank.example');
  expect(last()).toMatchObject({
    worker: 'relay',
    token: '[redacted]',
    userId: '[redacted]',
    msg: 'mail to [redacted]',
  });
});

test('lines below the level are not written', () => {
  const { logger, lines } = captured('warn');
  logger.info('quiet');
  expect([lines, logger.isLevelEnabled('info'), logger.isLevelEnabled('error')]).toEqual([[], false, true]);
});
