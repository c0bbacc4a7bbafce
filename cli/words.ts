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

/** Flags of `golgi data` that ask for a proof or another form, and whether a value follows. */
const asking: Readonly<Record<string, boolean>> = {
  ...{ "--prove": false, "--prove-selection": false, "--prove-duplicates": false },
  ...{ "--prove-without": true, "--prove-group": true, "--prove-time": true },
  ...{ "--strict": false, "--json": false },
};

/** The same command, asked for something else: `golgi data visits.csv --target died --prove-group id`. */
export function askedAgain(args: readonly string[], more: readonly string[]): string {
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [flag = "", value] = args[i]!.split("=", 2);
    const follows = asking[flag];
    if (follows === undefined) kept.push(args[i]!);
    else if (follows && value === undefined) i++;
  }
  return `${called()} ${shellWords([...kept, ...more])}`;
}
