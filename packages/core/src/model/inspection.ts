/** The method by which `util.inspect`, and so `console.log`, asks an object how it is to be shown. Source: Node.js docs, "util.inspect.custom". */
const inspect = Symbol.for('nodejs.util.inspect.custom')

/** Has the objects of a class shown as this text, which must not hold a secret. */
export function showAs<Shown extends object>(prototype: Shown, textOf: (shown: Shown) => string): void {
  Object.defineProperty(prototype, inspect, {
    value(this: Shown): string {
      return textOf(this)
    },
  })
}
