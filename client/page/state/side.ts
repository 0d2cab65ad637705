/** One side of the answer: a target that is asked whenever the input changes. */
import { batch, type Signal, signal } from '@preact/signals';
import type { ModelDetail, TargetDetail } from '../../contract.ts';
import { type Answer, type Reading, readAnswer, readRow } from '../model/answer.ts';
import { binaryBody } from '../model/binary.ts';
import { createLatest } from '../model/latest.ts';
import { type InferRequest, printRequest } from '../model/request.ts';
import type { Timing } from '../model/timing.ts';
import { texts } from '../texts.ts';
import { ApiError, postInfer } from './api.ts';

export interface Got {
  readonly request: InferRequest;
  readonly answer: Answer;
  readonly reading: Reading;
  readonly timing: Timing;
  /** As they went over the wire. */
  readonly requestText: string;
  readonly text: string;
  readonly id: string | null;
}

export interface Side {
  readonly model: ModelDetail;
  readonly target: TargetDetail;
  /** The last good answer; it stays while a newer one is awaited or failed. */
  readonly got: Signal<Got | undefined>;
  readonly error: Signal<ApiError | undefined>;
  readonly busy: Signal<boolean>;
  /** Asks soon; undefined stops what is under way, because the input is wrong. */
  ask(request: InferRequest | undefined): void;
  again(): void;
  stop(): void;
}

/** Typing and dragging pause shorter than this (milliseconds). */
const DELAY = 40;
const PATIENCE = 300;

export function createSide(model: ModelDetail, target: TargetDetail, arrived: (got: Got) => void): Side {
  const got = signal<Got | undefined>(undefined);
  const error = signal<ApiError | undefined>(undefined);
  const busy = signal(false);
  let last: InferRequest | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const latest = createLatest<InferRequest, Got>({
    delay: DELAY,
    patience: PATIENCE,
    run: (request, abort) => askModel(model, target, request, abort),
    done: (request, value) => {
      batch(() => {
        got.value = value;
        error.value = undefined;
        busy.value = request !== last;
      });
      arrived(value);
    },
    failed: (request, reason) => {
      const found = asApiError(reason);
      batch(() => {
        error.value = found;
        busy.value = request !== last;
      });
      // Only a limit ends by itself at a known time; for the rest people decide.
      if (found.code === 'RATE_LIMITED') retry = setTimeout(again, (found.retryAfterSeconds ?? 5) * 1000);
    },
  });
  const ask = (request: InferRequest | undefined): void => {
    clearTimeout(retry);
    last = request;
    busy.value = request !== undefined;
    if (request === undefined) latest.stop();
    else latest.ask(request);
  };
  const again = (): void => {
    error.value = undefined;
    ask(last);
  };
  const stop = (): void => {
    clearTimeout(retry);
    latest.stop();
  };
  return { model, target, got, error, busy, ask, again, stop };
}

export async function askModel(
  model: ModelDetail,
  target: TargetDetail,
  request: InferRequest,
  abort: AbortSignal,
): Promise<Got> {
  const sent = renamed(request, target);
  const binary = target.binary === true ? binaryBody(sent) : undefined;
  const requestText =
    binary === undefined
      ? printRequest(sent)
      : `${binary.head}\n${texts.rawPanel.bytes(binary.bytes.length - binary.headBytes)}`;
  const { text, timing, id } = await postInfer(model.name, target.name, binary ?? requestText, abort);
  try {
    const answer = readAnswer(text, target.signature.outputs);
    return { request, answer, reading: readRow(answer, 0), timing, requestText, text, id };
  } catch (error) {
    throw new ApiError(
      'MODEL_NONSENSE',
      texts.failure.notAnswer(error instanceof Error ? error.message : String(error)),
    );
  }
}

/** Another model may call the same tensors by other names. */
function renamed(request: InferRequest, { signature: { inputs } }: TargetDetail): InferRequest {
  if (inputs.length !== request.inputs.length) return request;
  return {
    inputs: request.inputs.map((one, at) => ({ ...one, name: inputs[at]?.alias ?? inputs[at]?.name ?? one.name })),
  };
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('INTERNAL', texts.failure.unknown(String(error)));
}
