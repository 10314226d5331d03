import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import type { Nanos } from 'l1-cache';

/** A recorder of durations in nanoseconds: 1 ns upwards without a ceiling, 3 significant digits (0.1 %). */
export function latencyHistogram(): Histogram {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60e9,
    numberOfSignificantValueDigits: 3,
  });
  histogram.autoResize = true;
  return histogram;
}

/** The histogram as text (HDR V2, compressed, base64) that other processes can add up; null without samples. */
export function encodeHistogram(histogram: Histogram): string | null {
  return histogram.totalCount === 0 ? null : encodeIntoCompressedBase64(histogram);
}

/** Adds recorded histograms, count by count; null when none has a sample. */
export function mergeEncoded(parts: readonly (string | null)[]): string | null {
  const sum = latencyHistogram();
  for (const part of parts) if (part !== null) sum.add(decodeFromCompressedBase64(part, 32, false));
  return encodeHistogram(sum);
}

/** The value that `percent` (0 to 100) of the samples do not exceed; null without samples. */
export function percentileNs(encoded: string | null, percent: number): Nanos | null {
  return encoded === null
    ? null
    : decodeFromCompressedBase64(encoded, 32, false).getValueAtPercentile(percent);
}
