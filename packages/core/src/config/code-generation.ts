/**
 * Whether this process may make code from strings. Where it may not (`node --disallow-code-generation-from-strings`, a content security policy), there are no fast
 * readers: every `scan` says no, and every frame is left to the reference decoders, with the same messages at several times the cost.
 */
export const canGenerateCode: boolean = isAllowed()

function isAllowed(): boolean {
  try {
    new Function('')
    return true
  } catch {
    return false
  }
}

/** A function from the source text of one that makes it: `source` sees the tools by their names. Throws `EvalError` where code may not be made. */
export function generate<Made>(source: string, tools: Readonly<Record<string, unknown>>): Made {
  return new Function(...Object.keys(tools), source)(...Object.values(tools)) as Made
}
