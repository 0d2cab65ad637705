/** Headers of every answer: the page may load and do nothing but its own. */

const policy = {
  'default-src': "'self'",
  // The drawing pad and uploaded pictures are turned into pixels from these.
  'img-src': "'self' data: blob:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
} as const;

/** `frameAncestors` as in Content-Security-Policy, for example `'none'`. */
export function securityHeaders(frameAncestors: string): Readonly<Record<string, string>> {
  const directives = Object.entries({ ...policy, 'frame-ancestors': frameAncestors });
  return {
    'content-security-policy': directives.map(([name, value]) => `${name} ${value}`).join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}
