/** Header blocks against the examples of RFC 7541 appendix C, against Node's own HTTP/2, and against themselves. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorCode, PREFACE } from './constants.ts';
import { ConnectionFault } from './fault.ts';
import { HeaderDecoder } from './hpack-decoder.ts';
import { encodeFields } from './hpack-encoder.ts';
import { decodeHuffman, huffmanCodes } from './huffman.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
const decoder = (tableBytes = 4096, listBytes = 65_536) => new HeaderDecoder(tableBytes, listBytes);
const decode = (with_: HeaderDecoder, block: Buffer) =>
  with_.decode(block, 0, block.length).fields.map(({ name, value }) => `${name}: ${value}`);

const requests = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];
const responses = [
  [
    ':status: 302',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:21 GMT',
    'location: https://www.example.com',
  ],
  [
    ':status: 307',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:21 GMT',
    'location: https://www.example.com',
  ],
  [
    ':status: 200',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:22 GMT',
    'location: https://www.example.com',
    'content-encoding: gzip',
    'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];

const sections: Readonly<
  Record<string, { readonly blocks: readonly string[]; readonly wanted: string[][]; table: number }>
> = {
  'C.2.1 literal that is kept': {
    blocks: ['400a637573746f6d2d6b65790d637573746f6d2d686561646572'],
    wanted: [['custom-key: custom-header']],
    table: 4096,
  },
  'C.2.2 literal that is not kept': {
    blocks: ['040c2f73616d706c652f70617468'],
    wanted: [[':path: /sample/path']],
    table: 4096,
  },
  'C.2.3 literal that nobody may keep': {
    blocks: ['100870617373776f726406736563726574'],
    wanted: [['password: secret']],
    table: 4096,
  },
  'C.2.4 indexed': { blocks: ['82'], wanted: [[':method: GET']], table: 4096 },
  'C.3 requests without Huffman': {
    blocks: [
      '828684410f7777772e6578616d706c652e636f6d',
      '828684be58086e6f2d6361636865',
      '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    ],
    wanted: requests,
    table: 4096,
  },
  'C.4 requests with Huffman': {
    blocks: [
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ],
    wanted: requests,
    table: 4096,
  },
  'C.5 responses without Huffman, with evictions': {
    blocks: [
      '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
      '4803333037c1c0bf',
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
    ],
    wanted: responses,
    table: 256,
  },
  'C.6 responses with Huffman, with evictions': {
    blocks: [
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
      '4883640effc1c0bf',
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    ],
    wanted: responses,
    table: 256,
  },
};

for (const [name, { blocks, wanted, table }] of Object.entries(sections)) {
  test(`RFC 7541 ${name}`, () => {
    const one = decoder(table);
    assert.deepEqual(
      blocks.map((block) => decode(one, hex(block))),
      wanted,
    );
  });
}

const broken: Readonly<Record<string, string>> = {
  'index 0': '80',
  'an index of nothing': 'be',
  'an integer without its end': 'ff',
  'an integer that is too large': 'ffffffffffff0f',
  'a string without its end': '400a6375',
  'a name without a value': '4001',
  'a field that ends behind its name': '40016b',
  'a table size behind a field': '8220',
  'a table size beyond the one that is allowed': '3fe21f',
  'Huffman with more than seven bits of padding': '0085f1e3c2e5ff0161',
  'Huffman with padding of zeros': '0081f00161',
  'Huffman with the end of a string': '0084ffffffff0161',
};
for (const [what, block] of Object.entries(broken)) {
  test(`${what} is COMPRESSION_ERROR`, () => {
    assert.throws(
      () => decode(decoder(), hex(block)),
      (error) => error instanceof ConnectionFault && error.code === errorCode.compression,
    );
  });
}

test('table sizes at the beginning of a block are followed', () => {
  const one = decoder();
  decode(one, hex('400a637573746f6d2d6b65790d637573746f6d2d686561646572'));
  assert.deepEqual(decode(one, hex('be')), ['custom-key: custom-header']);
  assert.deepEqual(decode(one, hex('203fe11f82')), [':method: GET']);
  assert.throws(() => decode(one, hex('be')), ConnectionFault);
});

test('fields beyond the limit are read and not kept', () => {
  const one = decoder(4096, 60);
  const block = encodeFields([
    ['a', 'x'.repeat(10)],
    ['b', 'y'.repeat(10)],
  ]);
  const { fields, tooLarge } = one.decode(block, 0, block.length);
  assert.deepEqual([fields.length, tooLarge], [1, true]);
});

const text = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});
const name = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz-0123456789'),
  minLength: 1,
  maxLength: 20,
});

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, text), { maxLength: 20 }), (fields) => {
      assert.deepEqual(
        decode(decoder(), encodeFields(fields)),
        fields.map(([one, value]) => `${one}: ${value}`),
      );
    }),
  );
});

/** As RFC 7541 section 5.2 has it, bit by bit. */
function encodeHuffman(value: string): Buffer {
  let bits = '';
  for (const symbol of Buffer.from(value, 'latin1')) {
    const { code = 0, bits: length = 0 } = huffmanCodes[symbol] ?? {};
    bits += code.toString(2).padStart(length, '0');
  }
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

test('Huffman strings come back, symbol by symbol', () => {
  fc.assert(
    fc.property(text, (value) => {
      const bytes = encodeHuffman(value);
      assert.equal(decodeHuffman(bytes, 0, bytes.length), value);
    }),
  );
});

test('whatever the bytes, they are fields or COMPRESSION_ERROR', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        decode(decoder(), Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof ConnectionFault && error.code === errorCode.compression, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

/** Header blocks as nghttp2 makes them: its table, its Huffman strings, its evictions. */
async function blocksOfNode(lists: readonly Record<string, string>[]): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.write(hex('000000040000000000'));
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let at = PREFACE.length; bytes.length >= at + 9; ) {
        const length = bytes.readUIntBE(at, 3);
        if (bytes.length < at + 9 + length) return;
        if (bytes[at + 3] === 1 && bytes.readUInt32BE(at + 5) > 2 * blocks.length) {
          assert.equal((bytes[at + 4] ?? 0) & 0x2c, 4, 'a whole block without padding and priority');
          blocks.push(Buffer.from(bytes.subarray(at + 9, at + 9 + length)));
        }
        at += 9 + length;
      }
      if (blocks.length === lists.length) socket.destroy();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => {});
  for (const list of lists) client.request(list, { endStream: true }).on('error', () => {});
  await once(client, 'close');
  server.close();
  return blocks;
}

test('blocks of another implementation are read, with a table that fills and empties', async () => {
  const value = fc.string({
    unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 200,
  });
  const lists = fc
    .sample(
      fc.dictionary(
        name.filter((one) => /^x[a-z]+$/.test(`x${one}`)).map((one) => `x${one}`),
        value,
        { maxKeys: 6 },
      ),
      { numRuns: 60, seed: 7 },
    )
    .map((fields) => ({ ':method': 'POST', ':scheme': 'http', ':path': '/a/B', ':authority': 'h', ...fields }));
  const one = decoder();
  const blocks = await blocksOfNode(lists);
  assert.equal(blocks.length, lists.length);
  for (const [index, block] of blocks.entries()) {
    const wanted = Object.entries(lists[index] ?? {}).map(([field, content]) => `${field}: ${content}`);
    assert.deepEqual(decode(one, block).toSorted(), wanted.toSorted());
  }
});
