/** How the transport tells the parser what became of a request: as text, because there is one for each stream and not for each message. */
export interface StreamAnswer {
  readonly action: 'subscribe' | 'unsubscribe'
  readonly requestId: number
  readonly streamId: string
  /** Null where it was accepted. */
  readonly refusal: { readonly code: string; readonly reason: string } | null
}

/** What is sent to the transport. */
export interface StreamRequest {
  readonly action: 'subscribe' | 'unsubscribe'
  readonly requestId: number
  readonly streamIds: readonly string[]
}
