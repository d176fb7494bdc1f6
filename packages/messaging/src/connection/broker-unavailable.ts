/** The broker cannot be reached, or did not answer in time. What was handed to it may or may not have arrived. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
}
