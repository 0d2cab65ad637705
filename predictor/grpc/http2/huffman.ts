/** The Huffman code of header strings (RFC 7541 section 5.2 and appendix B). */

/**
 * Symbols by the length of their codes. Within a length codes follow each other in the order of the symbols, and each
 * length goes on where the shorter one ended, so that the lengths are the whole table. 256 is the end of a string.
 */
const symbolsOfLength: readonly (readonly [bits: number, symbols: string | readonly number[]])[] = [
  [5, '012aceiost'],
  [6, ' %-./3456789=A_bdfghlmnpru'],
  [7, ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'],
  [8, '&*,;XZ'],
  [10, '!"()?'],
  [11, "'+|"],
  [12, '#>'],
  [13, '\0$@[]~'],
  [14, '^}'],
  [15, '<`{'],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198,
      228, 232, 233,
    ],
  ],
  [
    23,
    [
      1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182,
      183, 188, 191, 197, 231, 239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254]],
  [
    28,
    [2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249],
  ],
  [30, [10, 13, 22, 256]],
];

const END_OF_STRING = 256;

interface Code {
  readonly bits: number;
  readonly code: number;
}

function codesOf(): readonly Code[] {
  const codes: Code[] = [];
  let code = 0;
  let before = 0;
  for (const [bits, symbols] of symbolsOfLength) {
    code <<= bits - before;
    before = bits;
    const numbers = typeof symbols === 'string' ? [...symbols].map((symbol) => symbol.charCodeAt(0)) : symbols;
    for (const symbol of numbers) codes[symbol] = { bits, code: code++ };
  }
  return codes;
}

/** Code of each symbol; the last one is the end of a string, which is never sent. */
export const huffmanCodes: readonly Code[] = codesOf();

/**
 * A machine that takes four bits at a time: a state is an inner node of the code's tree, and a step tells the next one
 * and the symbol that ended on the way, of which there is at most one, since the shortest code has five bits.
 * A step is `next state << 10 | has symbol << 9 | is broken << 8 | symbol`.
 */
const HAS_SYMBOL = 1 << 9;
const BROKEN = 1 << 8;
const steps = new Uint32Array(256 * 16);
/** States in which a string may end: up to seven one-bits since the last symbol. */
const mayEnd = new Uint8Array(256);
buildSteps();

function buildSteps(): void {
  type Node = { readonly state: number; readonly below: (Node | number | undefined)[] };
  const nodes: Node[] = [];
  const create = (): Node => {
    const node = { state: nodes.length, below: [] };
    nodes.push(node);
    return node;
  };
  const root = create();
  for (const [symbol, { bits, code }] of huffmanCodes.entries()) {
    let node = root;
    for (let bit = bits - 1; bit > 0; bit--) {
      const side = (code >>> bit) & 1;
      const next = node.below[side] ?? create();
      node.below[side] = next;
      node = next as Node;
    }
    node.below[code & 1] = symbol;
  }
  for (const { state } of nodes) {
    for (let nibble = 0; nibble < 16; nibble++) steps[state * 16 + nibble] = stepOf(nodes[state] as Node, nibble);
  }
  let node: Node | number | undefined = root;
  for (let ones = 0; ones <= 7 && typeof node === 'object'; ones++) {
    mayEnd[node.state] = 1;
    node = node.below[1];
  }

  function stepOf(from: Node, nibble: number): number {
    let node = from;
    let found = 0;
    for (let bit = 3; bit >= 0; bit--) {
      const next = node.below[(nibble >>> bit) & 1];
      if (next === undefined || next === END_OF_STRING) return BROKEN;
      if (typeof next === 'object') node = next;
      else {
        found = HAS_SYMBOL | next;
        node = root;
      }
    }
    return (node.state << 10) | found;
  }
}

/** A code has at least five bits, so that eight bytes become at most thirteen. */
let scratch = Buffer.allocUnsafeSlow(8192);

/** Text of these bytes, one character for each symbol; undefined when they are no string of this code. */
export function decodeHuffman(bytes: Buffer, from: number, to: number): string | undefined {
  const most = Math.ceil(((to - from) * 8) / 5);
  if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(most);
  let state = 0;
  let length = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    const first = steps[(state << 4) | (byte >>> 4)] ?? BROKEN;
    if (first & HAS_SYMBOL) scratch[length++] = first;
    const second = steps[((first >>> 10) << 4) | (byte & 15)] ?? BROKEN;
    if (second & HAS_SYMBOL) scratch[length++] = second;
    if ((first | second) & BROKEN) return undefined;
    state = second >>> 10;
  }
  return mayEnd[state] === 1 ? scratch.toString('latin1', 0, length) : undefined;
}
