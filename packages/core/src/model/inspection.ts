/** The method by which `util.inspect`, and so `console.log`, asks an object how it is to be shown. Source: Node.js docs, "util.inspect.custom". */
const inspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * Has the objects of a class shown as this text, which must not hold a secret. Called beside the class, not in it: a class whose body names itself is called
 * something else once it is bundled (`_ExchangeFeed`), in stacks and in what is printed.
 */
export function showAs<Shown extends object>(prototype: Shown, textOf: (shown: Shown) => string): void {
  Object.defineProperty(prototype, inspect, {
    value(this: Shown): string {
      return textOf(this)
    },
  })
}
