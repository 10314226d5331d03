import type { GrpcRoute } from './config.ts';

/* The parts of @grpc/grpc-js that a unary call uses, and what is known of its method. */

export interface Metadata {
  toJSON(): Record<string, unknown[]>;
  clone(): Metadata;
}

export interface Status {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata | null;
}

export interface Listener {
  onReceiveMetadata?(metadata: Metadata): void;
  onReceiveMessage?(message: unknown): void;
  onReceiveStatus?(status: Status): void;
}

export interface InterceptingCall {
  start(metadata: Metadata, listener?: Listener): void;
  sendMessage(message: unknown): void;
  sendMessageWithContext(context: unknown, message: unknown): void;
  startRead(): void;
  halfClose(): void;
  cancelWithStatus(status: number, details: string): void;
  getPeer(): string;
  getAuthContext(): unknown;
}

export interface UnaryMethod {
  readonly path: string;
  readonly route: GrpcRoute;
  /** Tells one client object's answers from another's: its channel may carry an identity. */
  readonly clientId: number;
  readonly serialize: (message: unknown) => Buffer;
  readonly deserialize: (bytes: Buffer) => unknown;
  /** The bytes of the message received last by this call. */
  readonly received: () => Buffer | undefined;
}
