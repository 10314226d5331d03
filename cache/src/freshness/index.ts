export { attachFreshness, type FreshnessAttachment, type FreshnessAttachmentOptions } from './attach.ts';
export {
  type KeyFreshness,
  LearnedFreshness,
  type LearnedFreshnessOptions,
} from './learned-freshness.ts';
export type { Fetched } from './observation.ts';
export type { FreshnessPolicy } from './policy.ts';
export { type Validator, validatorOf } from './validator.ts';
