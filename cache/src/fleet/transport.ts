import { CacheError } from '../errors.ts';

/** The address of every pod but the sender. */
export const ALL = '*';

/** Whether messages get through, as far as the transport can tell. */
export type TransportState = { readonly state: 'up' } | { readonly state: 'down'; readonly why: string };

/**
 * Carries short messages between the pods of one fleet. May lose, delay, repeat and reorder them; must not change
 * them. Messages of up to 64 KiB are sent.
 *
 * Who a message is from is the transport's word: on a bus with access control, let each pod publish under its own
 * name only, and no pod can speak for others.
 */
export interface Transport extends AsyncDisposable {
  /** The name of this pod on the bus. */
  readonly self: string;
  /** Sends to one pod or to `ALL`, without waiting and without an error: what cannot be sent is lost. */
  send(to: string, message: Uint8Array): void;
  /** Starts receiving. Called once; `onState` may fire before it settles. */
  start(
    receive: (from: string, message: Uint8Array) => void,
    onState: (state: TransportState) => void,
  ): Promise<void>;
}

/** @throws {CacheError} `L1_BAD_OPTION` for a name that means something else in a channel's name. */
export function checkPodName(name: string): void {
  if (name === '' || name === 'all' || /[\s.*?[\]\\>]/.test(name))
    throw new CacheError(
      'L1_BAD_OPTION',
      `A pod cannot be called "${name}" on the bus: use a name without dots, spaces and wildcards, and not "all".`,
    );
}
