/** A close frame without a code reads as this one; it is never on the wire. RFC 6455, section 7.1.5. */
export const noCodeReceived = 1005

/** A connection that ended without a close frame reads as this one; it is never on the wire. RFC 6455, section 7.1.5. */
export const endedAbruptly = 1006

/** Whether a close frame may carry this code: RFC 6455, section 7.4, and the IANA registry's 1012 to 1014. */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== noCodeReceived && code !== endedAbruptly
}
