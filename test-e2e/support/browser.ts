import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/**
 * The path of a Chromium or Chrome: CHROMIUM names it, else the usual places; undefined
 * when there is none.
 */
export function findBrowser(): string | undefined {
  const places = [
    process.env.CHROMIUM,
    chromium.executablePath(),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return places.find((path) => path && existsSync(path));
}

/**
 * Starts it without a window, WebGL and WebGPU computed by the CPU so that they are there
 * on every machine.
 */
export function launchBrowser(executablePath: string) {
  const webgl = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
  const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...webgl, ...webgpu] });
}
