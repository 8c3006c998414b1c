/** Answers as an exchange would, for the load generator's process. */
export function acknowledge(message) {
  return [`ack of ${message}`]
}
