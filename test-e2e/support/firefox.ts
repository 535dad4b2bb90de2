import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The path of a Firefox: FIREFOX names it, else the usual places; undefined when there is
 * none.
 */
export function findFirefox(): string | undefined {
  const places = [
    process.env.FIREFOX,
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ];
  return places.find((path) => path && existsSync(path));
}

const preferences = {
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'extensions.update.enabled': false,
};

/**
 * Opens an address in a new profile, without a window; returns a function that ends it.
 * Playwright drives a Firefox of its own making only, so the page has to do everything by
 * itself.
 */
export function openFirefox(executable: string, url: string): () => Promise<void> {
  const profile = makeProfile();
  const firefox = spawn(executable, ['--headless', '--no-remote', '--profile', profile, url], { stdio: 'ignore' });
  return async () => {
    await end(firefox);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
}

/**
 * Opens an address in a new profile, without a window, and writes what it shows after it
 * was loaded into a PNG file.
 */
export async function screenshotByFirefox(executable: string, url: string, path: string): Promise<void> {
  const profile = makeProfile();
  const page = ['--window-size=1000,800', '--screenshot', path, url];
  const args = ['--headless', '--no-remote', '--profile', profile, ...page];
  const firefox = spawn(executable, args, { stdio: 'ignore', timeout: 60_000 });
  await once(firefox, 'exit');
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}

function makeProfile(): string {
  const profile = mkdtempSync(join(tmpdir(), 'tfjs-compress-firefox-'));
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  return profile;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
}
