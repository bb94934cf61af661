/** What people write before the host of a URL: a user, a password, a token. */
const CREDENTIALS = /(\/\/)[^/\s"'@]+(?:@[^/\s"'@]+)*@/g;

/** The text without the user, password or token of the URLs in it. */
export function withoutSecrets(text: string): string {
  return text.replace(CREDENTIALS, '$1…@');
}
