import tseslint from "typescript-eslint"

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "artifacts/",
      "cache/",
      "coverage/",
      "**/dist/",
      "types/",
      "deployments/*/",
      "indexer/ponder-env.d.ts",
      // AssemblyScript: another language in the same clothes, checked by its own compiler.
      "src/engine/kernels/assembly/",
    ],
  },
  tseslint.configs.recommendedTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Bit patterns, tokens and ids are interpolated on purpose.
      "@typescript-eslint/restrict-template-expressions": "off",
      // Positions are checked where they come from; asserting is what is left to do.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/prefer-for-of": "off",
      eqeqeq: "error",
      "no-console": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // chai states expectations as properties.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
)
