"""A scikit-learn model over V1 and V2: server.py --model_name NAME --model_dir FOLDER [--http_port PORT].

The folder, or URI, holds exactly one `.joblib`, `.pkl` or `.pickle` file, as KServe's own server wants it. Further flags are
those of KServe's model server.
"""

import argparse
from pathlib import Path

import joblib
from kserve import Model, ModelServer, model_server
from kserve.utils.utils import get_predict_input, get_predict_response

SUFFIXES = (".joblib", ".pkl", ".pickle")


class SklearnModel(Model):
    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name)
        self.folder = folder
        self.estimator = None

    def load(self) -> bool:
        files = [file for file in sorted(self.folder.iterdir()) if file.suffix in SUFFIXES]
        if len(files) != 1:
            found = ", ".join(file.name for file in files) or "none"
            raise SystemExit(f"{self.folder}: exactly one file of {', '.join(SUFFIXES)} is needed, found {found}")
        self.estimator = joblib.load(files[0])
        self.ready = True
        return self.ready

    def predict(self, payload, headers=None, response_headers=None):
        return get_predict_response(payload, self.estimator.predict(get_predict_input(payload)), self.name)


def main() -> None:
    parser = argparse.ArgumentParser(parents=[model_server.parser])
    parser.add_argument("--model_dir", required=True, type=Path, help="folder with the model's file")
    arguments, _ = parser.parse_known_args()
    model = SklearnModel(arguments.model_name, arguments.model_dir)
    model.load()
    ModelServer().start([model])


if __name__ == "__main__":
    main()
