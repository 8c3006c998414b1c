import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** The declarations of each source file, made without looking at any other: what `isolatedDeclarations` is for. Bundling them takes longer than all the rest. */
export function declareFolder(from: string, to: string): void {
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => join(from, path))
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    // A symbol that the compiler does not know is written down twice.
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    types: [],
    declaration: true,
    emitDeclarationOnly: true,
    isolatedDeclarations: true,
    noCheck: true,
    noResolve: true,
    rootDir: from,
    outDir: to,
  })
  program.emit()
}
