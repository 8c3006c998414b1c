/** Fewer messages say nothing of how it is. */
export const leastMessages = 5

/** What is this much below its threshold is well again. */
export const relief = 0.8
