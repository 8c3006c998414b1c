/** What of a capture's name says how it is kept: `.jsonl.gz` of `session.jsonl.gz`, and `.jsonl.gz.part` while it is not complete. */
const ending = /(?:\.jsonl)?(?:\.gz)?(?:\.part)?$/

/** Where the REST answers of a capture are: `session.rest.jsonl` for `session.jsonl`, `session.rest.jsonl.gz` for `session.jsonl.gz`, and each with `.part` where that has it. */
export function responsesPath(path: string): string {
  return besides(path, 'rest')
}

/** Where the order books it begins with are: `session.books.jsonl` for `session.jsonl`. */
export function booksPath(path: string): string {
  return besides(path, 'books')
}

/** The name of one of the parts that a long recording is split into, from 1 up: `session.0001.jsonl` for `session.jsonl`. */
export function partPath(path: string, part: number): string {
  return path.replace(ending, (kept) => `.${String(part).padStart(4, '0')}${kept}`)
}

/** What a file is called until it is complete. */
export function unfinishedPath(path: string): string {
  return `${path}.part`
}

export function isZippedPath(path: string): boolean {
  return path.endsWith('.gz')
}

function besides(path: string, what: 'rest' | 'books'): string {
  if (new RegExp(`\\.${what}\\.jsonl(?:\\.gz)?(?:\\.part)?$`).test(path)) return path
  return path.replace(ending, (kept) => `.${what}.jsonl${kept.replace('.jsonl', '')}`)
}
