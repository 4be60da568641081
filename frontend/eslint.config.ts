import vue from 'eslint-plugin-vue'
import globals from 'globals'
import type { Linter } from 'eslint'
import ts from 'typescript-eslint'

/* pages -> components -> composables -> stores -> utils -> api, realtime, storage.
   main, router and listeners compose. */
const floors = ['pages', 'components', 'composables', 'stores', 'utils', 'api|realtime|storage']

function below(floor: number) {
  const above = floors.slice(0, floor).map((names) => ({
    regex: `^@/(${names})(/|$)`,
    message: `${floors[floor]} may not know of ${names}: imports point downward only.`,
  }))
  const composing = {
    regex: '^@/(main|router|listeners|App)',
    message: 'Only main, router and listeners compose.',
  }
  return [...above, composing]
}

/* A page or component asks a store; what stands under the stores is theirs.
   Types and ApiError are everybody's. */
const throughStores = [
  {
    regex: '^@/(realtime|storage)(/|$)',
    message: 'Ask a store: only stores speak to the server and to the disk.',
  },
  { regex: '^@/api/(?!models$|error$)', message: 'Ask a store: only stores call the api.' },
]

function files(names: string) {
  return names.split('|').map((name) => `src/${name}/**/*.{ts,vue}`)
}

export default ts.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'src/api/types.ts',
      'src/components.d.ts',
      'playwright-report/',
      'test-results/',
    ],
  },
  ...ts.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.vue'] },
    },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always' } }],
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
      'vue/no-static-inline-styles': 'error',
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'api/http.ts has the only fetch.' }],
      'max-lines': ['error', { max: 400 }],
    },
  },
  ...floors.map((names, floor): Linter.Config => ({
    files: files(names),
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [...below(floor), ...(floor < 3 ? throughStores : [])] },
      ],
    },
  })),
  {
    files: ['src/**/*.ts', 'src/**/*.vue'],
    ignores: ['src/realtime/socket.ts', '**/*.spec.ts', 'src/testing/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportDeclaration[source.value="socket.io-client"][importKind!="type"]',
          message: 'realtime/socket.ts has the only io().',
        },
      ],
    },
  },
  {
    files: ['src/api/http.ts', '**/*.spec.ts', 'src/testing/**', 'e2e/**'],
    rules: { 'no-restricted-globals': 'off' },
  },
)
