"""Turns a scikit-learn, XGBoost or LightGBM model into an ONNX folder that the predictor serves, and proves that it
answers the same:  convert.py <model> --out <folder> [--example rows.csv] [--trust]

<model> is a .pkl, .joblib or .skops file or an MLflow model folder. The rows to compare on come from --example, or from
the folder's input example. A pickle runs code when it is read: without --trust none is, nor a .skops file with types that
skops does not know. Exit 0: converted; 1: the answers differ, and only the report is written; 2: not convertible.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from parity import compare, report
from source import Refusal, load_source

EDGE_ROWS = 100


def to_onnx(model, rows: pd.DataFrame):
    """The ONNX model; its one input is the matrix X where all columns are numbers side by side, else one per column."""
    family = type(model).__module__.split(".")[0]
    matrix = not columns_by_name(model, rows)
    if family in ("xgboost", "lightgbm"):
        if not matrix:
            raise Refusal(f"a {family} model on text or categories has no converter: encode them in a scikit-learn pipeline")
        return boosted(model, family, rows)
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn.base import is_classifier

    kinds = {name: FloatTensorType if is_number(rows[name]) else StringTensorType for name in rows.columns}
    types = [("X", FloatTensorType([None, rows.shape[1]]))] if matrix else [(name, kind([None, 1])) for name, kind in kinds.items()]
    options = {"zipmap": False} if is_classifier(model) else None
    return convert_sklearn(model, initial_types=types, options=options, target_opset={"": 17, "ai.onnx.ml": 3})


def boosted(model, family: str, rows: pd.DataFrame):
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    types = [("X", FloatTensorType([None, rows.shape[1]]))]
    if family == "lightgbm":
        return onnxmltools.convert_lightgbm(model, initial_types=types, zipmap=False, target_opset=15)
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    names = booster.feature_names
    booster.feature_names = None  # The converter knows columns by number alone.
    try:
        return onnxmltools.convert_xgboost(model, initial_types=types, target_opset=15)
    finally:
        booster.feature_names = names


def is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def columns_by_name(model, rows: pd.DataFrame) -> bool:
    """A ColumnTransformer chooses columns by name, and text and numbers share no tensor."""
    steps = [step for _, step in getattr(model, "steps", [])]
    return any(type(step).__name__ == "ColumnTransformer" for step in [model, *steps]) or not all(
        is_number(rows[name]) for name in rows.columns
    )


def feeds(session, rows: pd.DataFrame) -> dict:
    inputs = session.get_inputs()
    if len(inputs) == 1 and inputs[0].name == "X":
        return {"X": rows.to_numpy(np.float32)}
    kind = {"tensor(float)": np.float32, "tensor(string)": object}
    return {one.name: rows[[one.name]].to_numpy().astype(kind[one.type]) for one in inputs}


def random_rows(rows: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """Within the ranges of the example: numbers evenly, whole numbers whole, texts among those that it has."""
    draw = np.random.default_rng(seed)

    def column(values: pd.Series):
        if not is_number(values):
            return draw.choice(values.to_numpy(), count)
        low, high = float(values.min()), float(values.max())
        drawn = draw.uniform(low, high, count)
        return np.round(drawn) if pd.api.types.is_integer_dtype(values) else drawn

    return pd.DataFrame({name: column(rows[name]) for name in rows.columns})


def as_float32(rows: pd.DataFrame) -> pd.DataFrame:
    """The numbers that an FP32 tensor holds, as doubles, so that both models are asked the same."""
    return rows.assign(**{name: rows[name].astype(np.float32).astype(np.float64) for name in rows.columns if is_number(rows[name])})


def check(model, onnx_model, rows: pd.DataFrame, arguments) -> dict:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(onnx_model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    drawn = random_rows(rows, arguments.rows, arguments.seed)
    ask = lambda asked: session.run(None, feeds(session, asked))
    limits = {"absolute": arguments.atol, "relative": arguments.rtol}
    found = {
        "example": compare(model, as_float32(rows), ask, limits),
        "random": compare(model, as_float32(drawn), ask, limits),
    }
    # Doubles that no FP32 tensor can hold: what rounding alone may change. Told, not held against the conversion.
    edges = compare(model, drawn.head(EDGE_ROWS), ask, limits)
    return {"passed": all(one["passed"] for one in found.values()), "limits": limits, "sets": found, "float32_edges": edges}


def save(onnx_model, model, rows: pd.DataFrame, place: Path):
    import mlflow
    from mlflow.models import infer_signature

    labels = [str(label) for label in getattr(model, "classes_", [])]
    numbers = [name for name in rows.columns if is_number(rows[name])]
    ranges = {str(name): {"minimum": float(rows[name].min()), "maximum": float(rows[name].max())} for name in numbers}
    answers = np.asarray(model.predict(rows))
    mlflow.onnx.save_model(onnx_model, str(place), signature=infer_signature(rows, answers), input_example=rows.head(5),
                           metadata={"ranges": ranges, **({"labels": labels} if labels else {})}, save_as_external_data=False)


def arguments_of(argv):
    parser = argparse.ArgumentParser(prog="convert.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder to be made")
    parser.add_argument("--example", type=Path, help="CSV with a header, rows as the model was trained on")
    parser.add_argument("--trust", action="store_true", help="read pickles and unknown types: they can run any code")
    parser.add_argument("--rows", type=int, default=1000, help="random rows to compare on; default 1000")
    parser.add_argument("--atol", type=float, default=1e-5, help="default 1e-5")
    parser.add_argument("--rtol", type=float, default=1e-4, help="default 1e-4")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


def main(argv=None) -> int:
    arguments = arguments_of(argv)
    try:
        if arguments.out.exists():
            raise Refusal(f"{arguments.out} exists already: name a folder that is to be made")
        model, rows = load_source(arguments.model, arguments.example, arguments.trust)
        onnx_model = to_onnx(model, rows)
    except Refusal as refusal:
        print(f"convert.py: {refusal}", file=sys.stderr)
        return 2
    found = check(model, onnx_model, rows, arguments)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.out.parent) as made:
        place = Path(made) / "model"
        if found["passed"]:
            save(onnx_model, model, rows, place)
        place.mkdir(exist_ok=True)
        (place / "parity.json").write_text(json.dumps(found, indent=2) + "\n")
        (place / "parity.md").write_text(report(arguments.model.name, found))
        shutil.move(str(place), str(arguments.out))
    print(f"{arguments.out}: {'converted' if found['passed'] else 'the answers differ, see parity.md'}")
    return 0 if found["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
