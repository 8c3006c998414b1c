/** What one field has to say, as a simulator knows it. */
export interface TrueValue {
  /** As the simulator writes it; null where there is nothing to say. */
  readonly text: string | null
  /** Set where no exchange would write it so: where it was reckoned. */
  readonly isReckoned?: true
  agrees(told: unknown): boolean
}

/** Exactly the number that this text is. */
export function number(text: string): TrueValue {
  const value = Number(text)
  return { text, agrees: (told) => told === value }
}

/** The amount to its last digit, in whatever notation; null where there is none. */
export function amount(text: string | null): TrueValue {
  if (text === null) return none
  const value = plainDecimal(text)
  return { text, agrees: (told) => typeof told === 'string' && plainDecimal(told) === value }
}

/** An amount that the exchange may have cut off after some places. */
export function roughAmount(text: string | null): TrueValue {
  if (text === null) return none
  const value = Number(text)
  return { text, isReckoned: true, agrees: (told) => Math.abs(Number(told) - value) <= Math.abs(value) * 1e-6 }
}

/** A share that the exchange may have rounded: of 1 %, to a hundredth of that, of any other to a thousandth of it. */
export function share(value: number): TrueValue {
  return {
    text: String(value),
    isReckoned: true,
    agrees: (told) => Math.abs(Number(told) - value) <= 1e-4 + Math.abs(value) * 1e-3,
  }
}

/** This millisecond, or a part of it. */
export function momentOf(time: number): TrueValue {
  return { text: String(time), agrees: (told) => Math.floor(Number(told)) === time }
}

/** Any time from when it happened until it was heard of. */
export function between(from: number, to: number): TrueValue {
  return {
    text: String(from),
    isReckoned: true,
    agrees: (told) => Math.floor(Number(told)) >= from && Number(told) <= to,
  }
}

/** This text, letter by letter. */
export function word(text: string): TrueValue {
  return { text, agrees: (told) => told === text }
}

const none: TrueValue = { text: null, agrees: (told) => told === null }

/** `1E-7` and `0.00000010` are the same amount; text that is no amount is like no other. */
function plainDecimal(text: string): string {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const places = fraction.length - Number(exponent)
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  if (digits === '') return '0'
  const trimmed = digits.replace(/0+$/, '')
  return `${sign === '-' ? '-' : ''}${trimmed}e${digits.length - trimmed.length - places}`
}
