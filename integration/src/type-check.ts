import { dirname, join } from 'node:path'
import ts from 'typescript'

/** A piece of TypeScript that stands in no file; `name` is how its mistakes are reported. */
export interface Snippet {
  readonly name: string
  readonly code: string
}

/**
 * Checks snippets by the workspace's own compiler options, as if each were a file of `folder`. Returns every mistake as `name:line: message`.
 * Left out are the rules for a package's declarations and for names that are not used: a snippet shows, it does not ship.
 */
export function typeErrors(root: string, folder: string, snippets: readonly Snippet[]): readonly string[] {
  const relaxed = { noEmit: true, declaration: false, isolatedDeclarations: false, noUnusedLocals: false }
  const options = { ...compilerOptions(root), ...relaxed }
  const files = new Map(
    snippets.map((snippet, index) => [join(root, folder, `snippet-${index}.ts`).replaceAll('\\', '/'), snippet]),
  )
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (file) => files.has(file) || fileExists(file)
  host.readFile = (file) => files.get(file)?.code ?? readFile(file)
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const snippet = files.get(file)
    if (snippet === undefined) return getSourceFile(file, languageVersion, ...rest)
    return ts.createSourceFile(file, snippet.code, languageVersion)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files].flatMap(([file, { name }]) => {
    const source = program.getSourceFile(file)
    const faults = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return faults.map(({ start, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0) + 1
      return `${name}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

/**
 * Checks files of a package that lies outside the workspace, by the options of its own `tsconfig.json`; the packages of the workspace are found by their sources.
 * Returns every mistake as `file:line: message`.
 */
export function programErrors(root: string, configFile: string, files: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(configFile, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files }, ts.sys, dirname(configFile))
  const { paths = {}, pathsBasePath } = compilerOptions(root)
  const { rootDir: _, outDir: __, ...rest } = options
  const typeRoots = [join(root, 'node_modules/@types')]
  const program = ts.createProgram([...files], { ...rest, noEmit: true, paths, pathsBasePath, typeRoots })
  const faults = files.flatMap((file) => {
    const source = program.getSourceFile(file)
    const declarations = program.getDeclarationDiagnostics(source)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source), ...declarations]
  })
  return [...program.getOptionsDiagnostics(), ...faults].map(({ file, start, messageText }) => {
    const line = (file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0) + 1
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

/** The names that each of these modules exports, types included. */
export function exportedNames(root: string, files: readonly string[]): readonly (readonly string[])[] {
  const program = ts.createProgram([...files], { ...compilerOptions(root), noEmit: true })
  const checker = program.getTypeChecker()
  return files.map((file) => {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`${file} exports nothing.`)
    return checker.getExportsOfModule(module).map(({ name }) => name)
  })
}

/** The options that the whole workspace is compiled with. */
function compilerOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  return ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root).options
}
