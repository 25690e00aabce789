import type { Browser } from '@playwright/test';

export const kChromiumArguments: string[];
export function microphoneArguments(file: string): string[];
export function launchChromium(executablePath: string, more?: string[]): Promise<Browser>;
export function launchFirefox(
  executablePath: string,
  preferences?: object,
): Promise<import('puppeteer-core').Browser>;
