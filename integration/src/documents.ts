import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A Markdown page of the workspace; `path` is relative to its root. */
export interface Document {
  readonly path: string
  readonly text: string
}

/** A fenced block; `line` is where its content begins, from 1. */
export interface CodeBlock {
  readonly language: string
  readonly code: string
  readonly line: number
  /** The file the block is a passage of, where the line above the fence is that file's path and nothing else. */
  readonly file: string | null
}

/** The pages people read: the root's, `docs`, and those of each package and example. */
export function readDocuments(root: string): readonly Document[] {
  const folders = ['', 'docs', ...subfolders('packages'), 'examples', ...subfolders('examples'), 'benchmarks']
  return folders
    .flatMap((folder) =>
      existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name)) : [],
    )
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

  function subfolders(folder: string): readonly string[] {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
      .map((entry) => join(folder, entry.name))
  }
}

/** Every fenced block of a page. */
export function codeBlocks({ text }: Document): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index += 1) {
    const language = /^```(\w+)$/.exec(lines[index] as string)?.[1]
    if (language === undefined) continue
    const end = lines.indexOf('```', index + 1)
    const above = lines.slice(0, index).findLast((line) => line !== '') ?? ''
    const file = /^`([\w./-]+\.\w+)`$/.exec(above)?.[1] ?? null
    blocks.push({ language, code: lines.slice(index + 1, end).join('\n'), line: index + 2, file })
    index = end
  }
  return blocks
}

/** The targets of a page's links, those inside code left out. */
export function linksOf({ text }: Document): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string)
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Document): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '')
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}

/** The rows of the first table with that first column, each as its trimmed cells; with `section`, of the first one below that heading, of any level. */
export function tableRows({ text }: Document, firstHeading: string, section = ''): readonly (readonly string[])[] {
  const lines = text.slice(section === '' ? 0 : text.search(new RegExp(`\n#+ ${section}\n`))).split('\n')
  const head = lines.findIndex((line) => line.startsWith(`| ${firstHeading} |`))
  if (head === -1) throw new Error(`There is no table whose first column is ${firstHeading}.`)
  const body = lines.slice(head + 2)
  const end = body.findIndex((line) => !line.startsWith('|'))
  return body.slice(0, end === -1 ? body.length : end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}
