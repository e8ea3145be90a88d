import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', 'data/', 'node_modules/', 'coverage/', 'test/acceptance/openapi.types.ts'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // The style of this project declares shapes with `type`.
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      // Nest's decorated classes are often empty: modules, commands.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Response classes carry the documentation; what is answered are plain objects of their shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@eventstore/db-client', message: 'Only src/infrastructure/event-store talks to the client.' },
          ],
        },
      ],
    },
  },
  {
    // The adapter owns the client; tests and examples play its callers and the consumers of the log.
    files: ['src/infrastructure/event-store/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.recommended] },
);
