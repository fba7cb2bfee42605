// How fast time passes: long enough for people to act in time, short enough to wait for.

/** A workday of the journeys, in seconds. */
export const PACE = 12;

/** So many workdays in milliseconds, with room for the clock's one-second poll and a busy machine. */
export const workdays = (count: number): number => count * PACE * 1_000 + 20_000;
