import type { Plugin } from 'vite';
import { defineConfig } from 'vite';
import { demoConfig } from '../shared/config.js';
import { makeOffline } from './offline.js';

const config = demoConfig('live');

const offline: Plugin = {
  name: 'offline',
  apply: 'build',
  closeBundle: () => makeOffline(config.build?.outDir ?? 'dist'),
};

export default defineConfig({ ...config, plugins: [config.plugins, offline] });
