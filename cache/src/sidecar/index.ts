export { SIDECAR_NODE_FLAGS } from './node-flags.ts';
export { type Sidecar, type SidecarOptions, startSidecar } from './server.ts';
