/** Commands as people type them. */

/** Words as a shell takes them: quotes around what needs them. */
export const shellWords = (words: readonly string[]): string =>
  words
    .map((word) =>
      /^[\p{L}\p{N}_./:=@%+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
    )
    .join(" ");

/** `--split-column` for `splitColumn`. */
export const spoken = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** How this program was called: `npx golgi` where npm started it. */
export const called = (environment: { readonly npm_command?: string } = process.env): string =>
  environment.npm_command === undefined ? "golgi" : "npx golgi";
