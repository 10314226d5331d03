import { ALL, checkPodName, type Transport } from './transport.ts';

/** What is used of a NATS connection (`@nats-io/transport-node`). It belongs to the caller, who closes it. */
interface NatsConnectionLike {
  publish(subject: string, payload: Uint8Array): void;
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: { subject: string; data: Uint8Array }) => void },
  ): { unsubscribe(): void };
  status(): AsyncIterable<{ readonly type: string }>;
  flush(): Promise<void>;
  isClosed(): boolean;
}

export interface NatsTransportOptions {
  /** This pod's name; no dots, spaces or wildcards. */
  readonly self: string;
  readonly connection: NatsConnectionLike;
  /** Pods of one fleet share it. Default `l1`. */
  readonly fleet?: string;
}

/**
 * Carries signals over NATS. Subjects are `<fleet>.<to>.<from>`: permit each pod to publish `<fleet>.*.<itself>`.
 * @throws {CacheError} `L1_BAD_OPTION` for a name that cannot be part of a subject.
 */
export function natsTransport({ self, connection, fleet = 'l1' }: NatsTransportOptions): Transport {
  checkPodName(self);
  const subscriptions: { unsubscribe(): void }[] = [];
  return {
    self,
    send: (to, message) => {
      if (connection.isClosed()) return;
      try {
        connection.publish(`${fleet}.${to === ALL ? 'all' : to}.${self}`, message);
      } catch {
        // Closing between the check and the call: the message is lost, as the contract allows.
      }
    },
    start: async (receive, onState) => {
      for (const subject of [`${fleet}.${self}.*`, `${fleet}.all.*`]) {
        const callback = (error: Error | null, message: { subject: string; data: Uint8Array }) => {
          if (error) return;
          const from = message.subject.slice(message.subject.lastIndexOf('.') + 1);
          if (from !== self) receive(from, message.data);
        };
        subscriptions.push(connection.subscribe(subject, { callback }));
      }
      await connection.flush();
      onState({ state: 'up' });
      void watch(connection, onState);
    },
    [Symbol.asyncDispose]: async () => {
      if (!connection.isClosed()) for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}

async function watch(
  connection: NatsConnectionLike,
  onState: Parameters<Transport['start']>[1],
): Promise<void> {
  for await (const { type } of connection.status()) {
    // The subscriptions were sent again; the pod hears from when the server has answered behind them.
    if (type === 'reconnect') connection.flush().then(() => onState({ state: 'up' }), ignore);
    else if (type === 'disconnect' || type === 'staleConnection')
      onState({ state: 'down', why: `NATS: ${type}` });
  }
  onState({ state: 'down', why: 'The NATS connection is closed' });
}

/** The connection went again before the answer; its next event says so. */
function ignore(): void {}
