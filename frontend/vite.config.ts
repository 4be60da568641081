import vue from '@vitejs/plugin-vue'
import { fileURLToPath, URL } from 'node:url'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import { compression, defineAlgorithm } from 'vite-plugin-compression2'
import { defineConfig } from 'vitest/config'

const server = process.env['CONSULTD_URL'] ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [
    vue(),
    components({ dirs: [], resolvers: [ElementPlusResolver()], dts: 'src/components.d.ts' }),
    // The server hands out the neighbour when the browser accepts it; nothing is compressed while serving.
    compression({
      algorithms: ['gzip', defineAlgorithm('brotliCompress', {})],
      include: /\.(html|js|css|svg|json|webmanifest)$/,
      threshold: 1024,
    }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: {
    host: 'localhost',
    proxy: {
      '/api': server,
      '/socket.io': { target: server, ws: true },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.spec.ts'],
    setupFiles: ['src/testing/setup.ts'],
    server: { deps: { inline: ['element-plus'] } },
    // The one seam of the specs: the official client is replaced where it would open a connection.
    alias: { 'socket.io-client': fileURLToPath(new URL('./src/testing/fakeSocket.ts', import.meta.url)) },
  },
})
