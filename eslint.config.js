import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const temporalFree = {
  patterns: [
    {
      group: ['@temporalio/*', '**/temporal/*', '**/workflows/*', '**/activities/*'],
      message: 'This folder knows nothing of Temporal.',
    },
  ],
};

export default tseslint.config(
  { ignores: ['dist', 'coverage', '.cache', '.data'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: [
      'src/halo/**',
      'src/seatgeek/**',
      'src/mapping/**',
      'src/connection/**',
      'src/alerts/**',
      'src/http/**',
      'src/sandbox/**',
    ],
    rules: { 'no-restricted-imports': ['error', temporalFree] },
  },
  {
    // Workflow code runs in Temporal's deterministic sandbox: no Node modules, no values from the rest of the program.
    files: ['src/workflows/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*', 'zod', 'undici', 'pino'], message: 'Workflow code does no I/O.' },
            {
              group: [
                '../activities/*',
                '../connection/*',
                '../halo/*',
                '../seatgeek/*',
                '../mapping/*',
                '../alerts/*',
                '../http/*',
              ],
              allowTypeImports: true,
              message: 'Workflow code imports only types from the rest.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/activities/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['../workflows/*'],
              allowTypeImports: true,
              message: 'What workflows and activities share is in src/contract.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
