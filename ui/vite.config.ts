import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // A data: URI in a style sheet would need more than 'self' in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev` shows the sources against an orchestrator on its usual port.
    proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } },
  },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
