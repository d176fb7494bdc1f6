/** What a message calls a device: its model, where the client said one. */
export function calledIn(device: { readonly model: string }): { device?: string } {
  return device.model === '' ? {} : { device: device.model };
}
