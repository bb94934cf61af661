/** How the page stands with its server. */
export type Reach =
  | { readonly type: 'opening' }
  | { readonly type: 'live' }
  /** Lost; tried again at that time, in milliseconds since 1970. */
  | { readonly type: 'lost'; readonly retryAt: number }
  /** A file that was written then, in milliseconds since 1970: nothing changes. */
  | { readonly type: 'exported'; readonly time: number };
