import { join } from 'node:path'
import { skip } from '../check-failure.js'
import type { PackageFolder } from './package-folder.js'

type TypeScript = typeof import('typescript')

/** A way in which compilers find modules, and the kind of modules that goes with it. */
export interface Resolution {
  readonly name: string
  readonly module: 'ESNext' | 'NodeNext'
  readonly moduleResolution: 'Bundler' | 'NodeNext'
}

export const resolutions: readonly Resolution[] = [
  { name: 'bundler', module: 'ESNext', moduleResolution: 'Bundler' },
  { name: 'nodenext', module: 'NodeNext', moduleResolution: 'NodeNext' },
]

/** Compiles a program beside the package, which imports it by its own name, and tells what the compiler finds wrong. Ends the check where there is no compiler. */
export function complaintsAbout(
  folder: PackageFolder,
  code: string,
  { module, moduleResolution }: Resolution,
): readonly string[] {
  const ts = folder.require('typescript') as TypeScript | null
  if (ts === null) skip('There is no TypeScript, neither where the package is nor where the command runs.')
  const file = join(folder.path, 'conformance-of-its-types.mts')
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind[module],
    moduleResolution: ts.ModuleResolutionKind[moduleResolution],
    strict: true,
    noEmit: true,
    // Those of other packages are not this one's affair; what they lack shows as any.
    skipLibCheck: true,
    types: ['node'],
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => name === file || fileExists(name)
  host.readFile = (name) => (name === file ? code : readFile(name))
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === file ? ts.createSourceFile(name, code, languageVersion) : getSourceFile(name, languageVersion, ...rest)
  const program = ts.createProgram([file], options, host)
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .filter(({ file: at }) => at === undefined || at.fileName === file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}
