/**
 * onnxruntime-node alone, on one thread: runs a model again and again for a time.
 *
 *   node own.js <model.onnx> <seconds>
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [file = '', time = ''] = process.argv.slice(2);
const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const feeds = { in: new Tensor('float32', Float32Array.of(1), [1]) };
await session.run(feeds);
const start = performance.now();
let runs = 0;
while (performance.now() - start < Number(time) * 1000) {
  await session.run(feeds);
  runs += 1;
}
process.stdout.write(JSON.stringify({ runs, seconds: (performance.now() - start) / 1000 }));
