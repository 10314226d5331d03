/* The parts of @grpc/grpc-js that a unary call uses. */

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
