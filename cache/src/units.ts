/** A duration or a point in time, in milliseconds; fractions allowed. */
export type Millis = number;
/** A duration in microseconds; fractions allowed. */
export type Micros = number;
/** A duration in nanoseconds. */
export type Nanos = number;
/** A size in bytes. */
export type Bytes = number;
/** A share between 0 and 1. */
export type Ratio = number;
/** How many of something. */
export type Count = number;
