import type { JsonDeclaration } from '@tapewire/core/adapter'
import type { Draft, DraftedKind } from '@tapewire/testkit'
import type { GeneratedFile } from '../template.js'
import { commentText, declarationSource, textLiteral } from './declaration-source.js'
import { draftReport, fixtureOf } from './draft-report.js'

type DeclaredKind = DraftedKind & { readonly declaration: JsonDeclaration }

/** What a draft adds to a package: a declaration for each kind of data, samples of every kind as captures, a test that holds one to the other, and the report. */
export function draftFiles(draft: Draft, exchange: string, capture: string): readonly GeneratedFile[] {
  const declared = draft.kinds.filter((kind): kind is DeclaredKind => kind.role === 'data' && kind.declaration !== null)
  return [
    { path: 'DRAFT.md', content: draftReport(draft, exchange, capture) },
    ...draft.kinds.map((kind) => ({ path: fixtureOf(kind), content: captureLines(kind) })),
    ...declared.map((kind) => ({ path: `src/spot/drafts/${kind.name}.ts`, content: declarationFile(kind) })),
    { path: 'src/spot/drafts.ts', content: indexFile(declared) },
    { path: 'src/test/drafts.test.ts', content: testFile },
  ]
}

/** In the format of captures, so that `tapewire decode` reads them once the adapter does. */
function captureLines({ samples, role }: DraftedKind): string {
  const dir = role === 'request' ? 'out' : 'in'
  return samples.map((text) => `${JSON.stringify({ dir, text })}\n`).join('')
}

function declarationFile(kind: DeclaredKind): string {
  const { code, words } = declarationSource(kind.declaration, kind.fields)
  const frames = kind.frames === 1 ? 'one recorded frame' : `${kind.frames} recorded frames`
  return `${importLine([...words, 'type JsonDeclaration'])}

/**
 * A draft, made of ${frames}${saidBy(kind)}.
${kind.doubts.map((doubt) => ` * ${commentText(doubt)}\n`).join('')} * Samples: \`${fixtureOf(kind)}\`.
 */
export const declaration: JsonDeclaration = ${code}
`
}

/** As formatters sort and break it. */
function importLine(names: readonly string[]): string {
  const sortKey = (name: string): string => name.replace('type ', '').toLowerCase()
  const sorted = [...names].sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1))
  const line = `import { ${sorted.join(', ')} } from '@tapewire/core/adapter'`
  return line.length <= 120
    ? line
    : `import {\n${sorted.map((name) => `  ${name},\n`).join('')}} from '@tapewire/core/adapter'`
}

function saidBy({ marks }: DraftedKind): string {
  if (marks.length === 0) return ''
  return ` whose ${marks.map(({ path, value }) => `\`${commentText(path)}\` is \`${commentText(value)}\``).join(' and ')}`
}

function indexFile(kinds: readonly DeclaredKind[]): string {
  const imports = kinds
    .map(({ name }, place) => `import { declaration as draft${place} } from './drafts/${name}.js'\n`)
    .join('')
  const members = kinds.map(({ name }, place) => `  ${textLiteral(name)}: draft${place},\n`).join('')
  return `import type { JsonDeclaration } from '@tapewire/core/adapter'
${imports}
/** What was drafted, by the names of its files. What has gone into a parser goes out of here. */
export const drafts: Readonly<Record<string, JsonDeclaration>> = {
${members}}
`
}

const testFile = `import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { frameJson, jsonShape } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { drafts } from '../spot/drafts.js'

describe('a draft', () => {
  for (const [name, declaration] of Object.entries(drafts)) {
    it(\`of \${name} reads its samples\`, () => {
      const shape = jsonShape(declaration)
      const lines = readFileSync(new URL(\`../../fixtures/\${name}.jsonl\`, import.meta.url), 'utf8').trim().split('\\n')
      for (const line of lines) {
        const { text } = JSON.parse(line) as { readonly text: string }
        const json = frameJson(frameOf(text))
        assert.equal('fault' in json ? json.fault : shape.load(json.value), null)
      }
    })
  }
})
`
