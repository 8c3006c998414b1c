import type { BookImage, FrameWindow } from '../workloads/book-load.js'

/** Something that keeps books of Gate.io by bytes, without a socket. */
export interface BookKeeper {
  /** The bytes of one `spot.order_book_update`; returns the sum of the best prices of the book it changed. Throws where that book is not true any more. */
  apply(frame: FrameWindow): number
}

/** Starts from these books. */
export type CreateBookKeeper = (images: readonly BookImage[]) => BookKeeper | Promise<BookKeeper>
