/** What a reader of bytes gives: the value, or why there is none, as the end of a sentence. */
export type Reading<T> =
  | { readonly value: T; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: string };
