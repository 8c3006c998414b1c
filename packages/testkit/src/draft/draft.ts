import type { JsonDeclaration, JsonPart } from '@tapewire/core/adapter'

/** What a field seems to be for, beyond its form. A sequence is an id whose numbers rise. */
export type FieldRole = 'time' | 'symbol' | 'id' | 'sequence' | 'side' | 'price' | 'size' | 'money'

/** The unit of a time, or its notation. */
export type TimeUnit = 's' | 'ms' | 'µs' | 'ns' | 'ISO 8601'

/** What was found out of one field. */
export interface DraftedField {
  /** `result[].price`; elements of tuples are counted from 0: `data[].0`. */
  readonly path: string
  /** How it is declared; null where the words of declarations do not suffice, and then it is left out. */
  readonly part: JsonPart | null
  readonly role: FieldRole | null
  /** Of times. */
  readonly unit: TimeUnit | null
  /** How many values of it were seen, null ones included. */
  readonly seen: number
  /** Why the guess may be wrong, a sentence each; empty where nothing speaks against it. */
  readonly doubts: readonly string[]
}

/** What the frames of a kind are there for. */
export type KindRole = 'data' | 'request' | 'answer' | 'ping' | 'pong' | 'error'

/** A field by whose value frames are told apart. `value` has a star in the place of a market, or of a number that varies. */
export interface KindMark {
  readonly path: string
  readonly value: string
}

/** Frames that are alike. */
export interface DraftedKind {
  /** Unique in the draft, in words for files: `futures-trades-update`. */
  readonly name: string
  readonly marks: readonly KindMark[]
  readonly role: KindRole
  /** Why it is taken for that. */
  readonly reason: string
  readonly frames: number
  /** Null where the frames are no JSON objects, or nothing of them can be declared. */
  readonly declaration: JsonDeclaration | null
  readonly fields: readonly DraftedField[]
  /** At most three frames, without secrets; lists whose length varies are cut to two items. */
  readonly samples: readonly string[]
  /** What is doubtful about the kind as such. */
  readonly doubts: readonly string[]
}

/** One way of writing markets. */
export interface SymbolSpelling {
  /** Written with the placeholders BASE and QUOTE, in the case that was seen: `BASE_QUOTE`, `basequote`, `BASE-QUOTE-SWAP`. */
  readonly form: string
  readonly seen: number
  /** At most three. */
  readonly samples: readonly string[]
}

/** What was found out of one field of protobuf messages. */
export interface DraftedProtoField {
  /** By field numbers: `313.1[].2`. */
  readonly path: string
  /** How it may be declared: `protoDecimal(1)`; null where there is no word for it. */
  readonly word: string | null
  readonly role: FieldRole | null
  readonly unit: TimeUnit | null
  readonly seen: number
  readonly doubts: readonly string[]
}

/** Binary frames that read as protobuf messages with the same fields at the top. Their bytes have neither names nor types: only the `.proto` file of the exchange does. */
export interface DraftedMessage {
  /** The numbers of these fields, sorted. */
  readonly numbers: readonly number[]
  readonly frames: number
  readonly fields: readonly DraftedProtoField[]
}

/** What recorded frames tell of an exchange. */
export interface Draft {
  /** Data first, in the order of their first frames. */
  readonly kinds: readonly DraftedKind[]
  /** In the order of their first frames. */
  readonly messages: readonly DraftedMessage[]
  /** The most frequent first. */
  readonly spellings: readonly SymbolSpelling[]
  /** Frames that were not read, by why not. */
  readonly unread: readonly { readonly reason: string; readonly frames: number }[]
}
