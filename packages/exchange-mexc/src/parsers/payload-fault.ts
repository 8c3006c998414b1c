/** A payload that does not hold what its message promises. Never leaves the parser: it becomes an ERROR message. */
export class PayloadFault extends Error {
  override readonly name: string = 'PayloadFault'
}

/** Longest part of a wire value that is shown. */
const maxShown = 40

/** A wire value fit for a message: quoted and cut. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}…` : text)
}
