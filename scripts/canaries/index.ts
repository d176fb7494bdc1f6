export { describeFind, type Find, findsOf, type Sink } from '#canaries/finder.ts';
export { canary, canaryMark } from '#canaries/mark.ts';
