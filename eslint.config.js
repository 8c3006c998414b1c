import tseslint from 'typescript-eslint'

// Biome owns lint and format. ESLint runs for two rules only: they need the type checker, and a lost promise is the
// typical bug of a streaming library.
export default [
  { ignores: ['**/dist/**', '**/generated/**'] },
  {
    files: ['packages/*/{src,page/src}/**/*.{ts,tsx}'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
]
