import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formOf, initialValues } from './form.ts';
import { fromHash, toHash } from './share.ts';

const form = formOf(
  {
    inputs: [
      { name: 'a b&c', datatype: 'FP32', shape: [-1, 2], columns: ['ä=1', '<x>'] },
      { name: 'text', datatype: 'BYTES', shape: [-1] },
    ],
    outputs: [],
  },
  { inputs: {} },
);
const keys = Object.keys(initialValues(form));
const word = fc.string({ unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text));

test('an address brings back what was shared, whatever it was', () => {
  fc.assert(
    fc.property(
      fc.record(Object.fromEntries(keys.map((key) => [key, word])), { noNullPrototype: true }),
      fc.option(word, { nil: undefined }),
      fc.option(word, { nil: undefined }),
      (values, target, versus) => {
        const shared = {
          values,
          ...(target === undefined ? {} : { target }),
          ...(versus === undefined ? {} : { versus }),
        };
        const url = new URL(`http://x/${toHash(form, shared)}`);
        const back = fromHash(form, url.hash);
        assert.deepEqual({ ...initialValues(form), ...back.values }, values);
        assert.deepEqual([back.target, back.versus], [target, versus]);
      },
    ),
  );
});

test('tensors by hand come back as they were typed, and what is none is left out', () => {
  const tensor = fc.record({ name: word, datatype: word, shape: word, data: word }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(tensor, { minLength: 1, maxLength: 4 }), (tensors) => {
      const { hash } = new URL(`http://x/${toHash([], { values: {}, tensors })}`);
      assert.deepEqual(fromHash([], hash), { values: {}, tensors });
    }),
  );
  for (const text of ['', '[]', '{}', '[1]', '[{"name":"a"}]', '{', '[{"name":1,"datatype":"","shape":"","data":""}]'])
    assert.deepEqual(fromHash([], `#tensors=${encodeURIComponent(text)}`), { values: {} });
});

test('nothing changed, nothing in the address', () => {
  assert.equal(toHash(form, { values: initialValues(form) }), '');
});

test('keys that the form does not have are left out', () => {
  assert.deepEqual(fromHash(form, '#v.nothing=1&v.text=a&v.__proto__=1&other=2'), { values: { text: 'a' } });
});
