// A preload (`node --import`): this process's clock is CLOCK_SHIFT_MS off, as a machine's is whose time was set wrongly.
// Timers go on as they are: they run on the monotonic clock, which no setting of the time moves.
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(
      target,
      args.length === 0 ? [RealDate.now() + shiftMs] : args,
      newTarget === Date ? target : newTarget,
    ),
  apply: () => new RealDate(RealDate.now() + shiftMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => RealDate.now() + shiftMs : Reflect.get(target, name, receiver === Date ? target : receiver),
});
