/** `grpc-message`: UTF-8, with what is not printable ASCII, and the percent sign, as %XX ("PROTOCOL-HTTP2" of gRPC). */

const plain = /^[ -$&-~]*$/;

/** Clients refuse trailers that are too large, so that a long message is cut to this many bytes. */
const LONGEST = 4096;

export function percentEncoded(text: string): string {
  if (text.length <= LONGEST && plain.test(text)) return text.trim();
  let encoded = '';
  for (const character of text) {
    const next = plain.test(character) ? character : percentOf(character);
    if (encoded.length + next.length > LONGEST) break;
    encoded += next;
  }
  return encoded.trim();
}

function percentOf(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
