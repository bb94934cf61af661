import { type Browser, chromium, type Page } from 'playwright-core';

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'dark' | 'light';
  readonly still?: boolean;
  readonly ratio?: number;
  /** Fingers instead of a pointer. */
  readonly touch?: boolean;
}

export function launch(executablePath: string): Promise<Browser> {
  // As root there is no sandbox to be had; a fake camera stands in for the webcam.
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...camera] });
}

/** A page of its own, which keeps what went wrong in it. */
export async function openPage(
  browser: Browser,
  url: string,
  look: Look = {},
): Promise<Page & { wrongs: string[] }> {
  const { width = 1280, height = 800, scheme = 'dark', still = false, ratio = 1, touch = false } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: ratio,
    colorScheme: scheme,
    reducedMotion: still ? 'reduce' : 'no-preference',
    acceptDownloads: true,
    hasTouch: touch,
    isMobile: touch,
  });
  const page = Object.assign(await context.newPage(), { wrongs: [] as string[] });
  page.on('pageerror', (error) => page.wrongs.push(`${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error') page.wrongs.push(message.text());
  });
  await page.goto(url);
  return page;
}
