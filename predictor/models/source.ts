/** Where a model version comes from, and what is known about it beforehand. */

export interface ModelSource {
  readonly name: string;
  readonly version: string;
  /** A folder or `.onnx` file on disk, the `s3://bucket/prefix/` of a folder, or a name in MLflow. */
  readonly location: string;
  /** SHA-256 of the model file in lower-case hex; a different file is refused. */
  readonly sha256?: string;
  /** Output → class labels, in the order of classes. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Tensor → a second name for it. */
  readonly aliases: Readonly<Record<string, string>>;
}

export function isS3(location: string): boolean {
  return location.startsWith('s3://');
}
