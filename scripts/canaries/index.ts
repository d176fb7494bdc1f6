export { describeFind, type Find, findsOf, type Sink } from '#canaries/finder.ts';
export { journeyLogs } from '#canaries/logs.ts';
export { canary, canaryMark } from '#canaries/mark.ts';
