import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { HETK_VERSION: '"test"' },
  // A busy machine is slow, not wrong.
  test: { include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 },
});
