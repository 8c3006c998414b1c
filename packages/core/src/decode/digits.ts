/** Digits four at a time: words of four bytes, the first in the lowest byte. */

/** Whether all four are digits: 0x30 to 0x39, so that neither they nor they plus 6 leave the row of 0x30. */
export function areDigits(word: number): boolean {
  return (((word & 0xf0f0_f0f0) ^ 0x3030_3030) | (((word + 0x0606_0606) & 0xf0f0_f0f0) ^ 0x3030_3030)) === 0
}

/** The number that four digits mean: in pairs, and then the pairs. */
export function numberOfDigits(word: number): number {
  const digits = word & 0x0f0f_0f0f
  const pairs = (digits * 10 + (digits >>> 8)) & 0x00ff_00ff
  return (pairs & 0xff) * 100 + (pairs >>> 16)
}
