/** The jobs of the process. */

import type { ErrorCode } from './results.js';

/** What all jobs of the process may use together. */
export interface Settings {
  /**
   * Bytes that running jobs may hold together, by the bounds of their plans. Default: `MAKEREADY_MEMORY`, else half of
   * what the machine or the control group has.
   */
  memory?: number | undefined;
  /** Jobs that may wait. Default: `MAKEREADY_QUEUE`, else 1,024. */
  queue?: number | undefined;
  /** Threads that work on pixels. Default: `MAKEREADY_THREADS`, else one a core. */
  threads?: number | undefined;
  /**
   * Steps of `nice` by which the threads that work on jobs have less priority than the rest of the process, 0 to 19, on Linux.
   * Default: `MAKEREADY_NICE`, else 0. A service whose event loop and clients share the cores answers sooner then.
   */
  nice?: number | undefined;
}

/** Times of jobs in milliseconds, within 5 %. */
export interface Percentiles {
  /** Half of the jobs took no longer. */
  p50: number;
  /** 95 of 100 took no longer. */
  p95: number;
  /** 99 of 100 took no longer. */
  p99: number;
  /** The longest. */
  max: number;
}

/** The jobs of the process so far. */
export interface JobStats {
  /** Jobs that run. */
  readonly running: number;
  /** Jobs that wait. */
  readonly waiting: number;
  /** Bytes that running jobs may hold together, by the bounds of their plans. */
  readonly reserved: number;
  /** Bytes that they may hold at most. */
  readonly budget: number;
  /** Jobs that gave their outputs. */
  readonly done: number;
  /** Jobs that ended with an error, by its code. */
  readonly failed: Partial<Record<ErrorCode, number>>;
  /** Jobs that were refused as `busy`; they are not among those that failed. */
  readonly refused: number;
  /** Milliseconds that a job handed in now would wait. */
  readonly predictedWait: number;
  /** Times from the hand-in of a job to its start. */
  readonly wait: Percentiles;
  /** Times from the start of a job to its end. */
  readonly run: Percentiles;
  /** The figures as a text that Prometheus reads. */
  prometheus(): string;
}

/** Sets what all jobs of the process may use together; once, before the first job. */
export function configure(settings: Settings): void;
/** Figures of the jobs of this process so far. */
export function jobStats(): JobStats;
