import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { HETK_VERSION: '"test"', HETK_ON_PAGE: 'false' },
  // A busy machine is slow, not wrong. What plays a phone's life in real time is not in the gate (sdk_check.sh --all).
  test: { include: ['test/unit/**/*.test.ts'], exclude: process.env.HETK_ALL ? [] : ['test/unit/native.test.ts'], testTimeout: 60_000 },
});
