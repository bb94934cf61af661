const KEY = 'atoll.token';

/** The token that was entered in this tab, '' for none; given one, keeps that instead. */
export function tokenKept(token?: string): string {
  // Where a browser keeps nothing for pages, the token lasts until the page is loaded again.
  try {
    if (token === '') sessionStorage.removeItem(KEY);
    else if (token !== undefined) sessionStorage.setItem(KEY, token);
    return token ?? sessionStorage.getItem(KEY) ?? '';
  } catch {
    // The browser denies its storage: the token is known as long as the page is open.
    return token ?? '';
  }
}
