export { attachFreshness, type FreshnessAttachment, type FreshnessAttachmentOptions } from './attach.ts';
export { LearnedFreshness } from './learned-freshness.ts';
export type { Fetched } from './observation.ts';
export type { KeyFreshness, LearnedFreshnessOptions } from './options.ts';
export type { FreshnessPolicy } from './policy.ts';
export { type Validator, validatorOf } from './validator.ts';
