export { type AttachedFleet, attachFleet, type FleetAttachmentOptions, type FleetCache } from './attach.ts';
export { type DropReason, Fleet, type FleetOptions, type FleetState, type FleetStats } from './fleet.ts';
export { MemoryBus, type Route } from './memory-bus.ts';
export type { FleetNamespace } from './namespaces.ts';
export type { Pod } from './pod.ts';
export { ALL, type Transport, type TransportState } from './transport.ts';
export type { WarmUpOutcome } from './warm-up.ts';
