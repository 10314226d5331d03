export { type AttachedFleet, attachFleet, type FleetAttachmentOptions, type FleetCache } from './attach.ts';
export type { DropReason } from './channel.ts';
export { Fleet, type FleetOptions, type FleetStats } from './fleet.ts';
export { MemoryBus, type Route } from './memory-bus.ts';
export type { FleetNamespace } from './namespaces.ts';
export type { Pod } from './pod.ts';
export type { FleetState } from './togetherness.ts';
export { ALL, type Transport, type TransportState } from './transport.ts';
export type { WarmUpOutcome } from './warm-up.ts';
