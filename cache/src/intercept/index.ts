export type { GrpcRoute, HttpRoute, InterceptConfig, InterceptMode, RedisRoute } from './config.ts';
export type { Coverage, ReadClient } from './coverage.ts';
export { HANDLE, type InterceptHandle, install } from './install.ts';
export type { BypassReason } from './request.ts';
export type { NotStored } from './storable.ts';
export type { HitEvent } from './telemetry.ts';
