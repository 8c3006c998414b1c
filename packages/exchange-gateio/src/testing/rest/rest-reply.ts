import type { VenueResponse } from '@tapewire/testkit'

export function success(body: object): VenueResponse {
  return { status: 200, body: JSON.stringify(body) }
}

/** A refusal in the form of Gate.io's REST API. Source: Gate.io REST v4 docs, "Return Format". */
export function failure(
  status: number,
  label: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): VenueResponse {
  return { status, body: JSON.stringify({ label, message }), headers }
}
