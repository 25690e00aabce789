import { defineConfig } from 'vite';
import { demoConfig } from '../shared/config.js';

export default defineConfig(demoConfig('live'));
