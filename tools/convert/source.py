"""Reads a model and the rows that it is compared on."""

import json
from pathlib import Path

import pandas as pd
import yaml


class Refusal(Exception):
    """Why the model is not converted, with what to do."""


def load_source(path: Path, example: Path | None, trust: bool):
    if not path.exists():
        raise Refusal(f"{path} does not exist")
    folder = path if path.is_dir() else None
    model = from_mlflow(folder, trust) if folder else from_file(path, trust)
    rows = pd.read_csv(example) if example else example_of(folder)
    if rows is None or rows.empty:
        raise Refusal("there are no rows to compare on: give some with --example rows.csv")
    return model, rows


def from_mlflow(folder: Path, trust: bool):
    description = folder / "MLmodel"
    if not description.is_file():
        raise Refusal(f"{folder} has no MLmodel file: name the model's file, or an MLflow model's folder")
    flavors = yaml.safe_load(description.read_text())["flavors"]
    for flavor, member in (("sklearn", "pickled_model"), ("xgboost", "data"), ("lightgbm", "data")):
        if flavor in flavors:
            settings = flavors[flavor]
            file = (folder / settings[member]).resolve()
            if folder.resolve() not in file.parents:
                raise Refusal(f"MLmodel names {settings[member]}, which lies outside its folder")
            return native(file, settings, flavor) or from_file(file, trust)
    raise Refusal(f"MLmodel has the flavors {', '.join(flavors)}; sklearn, xgboost and lightgbm are converted")


def native(file: Path, settings: dict, flavor: str):
    """XGBoost's own formats, which run no code; None for any other file."""
    if flavor != "xgboost" or file.suffix not in (".json", ".ubj", ".xgb"):
        return None
    import xgboost

    model = getattr(xgboost, settings.get("model_class", "xgboost.XGBClassifier").split(".")[-1])()
    model.load_model(file)
    return model


def from_file(file: Path, trust: bool):
    if file.suffix == ".skops":
        from skops import io

        unknown = io.get_untrusted_types(file=file)
        if unknown and not trust:
            types = ", ".join(unknown)
            raise Refusal(f"{file.name} has types that skops does not know: {types}. Read it with --trust if you know who wrote it.")
        return io.load(file, trusted=unknown)
    if file.suffix not in (".pkl", ".pickle", ".joblib"):
        raise Refusal(f"{file.name} is neither .pkl, .joblib nor .skops, nor an MLflow model's folder")
    if not trust:
        raise Refusal(f"{file.name} is a pickle, which can run any code when it is read. Read it with --trust if you know who wrote it.")
    import joblib

    return joblib.load(file)


def example_of(folder: Path | None):
    file = folder / "input_example.json" if folder else None
    if file is None or not file.is_file():
        return None
    content = json.loads(file.read_text())
    if not isinstance(content, dict) or "data" not in content:
        return None
    return pd.DataFrame(content["data"], columns=content.get("columns"))
