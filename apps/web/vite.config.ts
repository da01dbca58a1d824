import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The page: one document, one script, one style sheet. The names of the latter two change with what is in them. */
export default defineConfig({
  root: 'src/page',
  plugins: [svelte({ configFile: '../../svelte.config.js' })],
  build: { outDir: '../../dist/page', emptyOutDir: true, target: 'es2022', modulePreload: false },
});
