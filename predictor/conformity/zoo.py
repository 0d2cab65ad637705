"""Builds the models that the clients talk to: `zoo.py <folder>`.

`<folder>/models/<name>/1/model.onnx` is the repository that the server reads; `<folder>/samples/<name>.npz` holds one
input per tensor. Trained models come from small data sets that scikit-learn carries; hand-built graphs cover what
converters do not make: every datatype, text, several inputs and outputs, sizes of zero, scalars, files beside the model.
"""

import sys
import warnings
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

OPSET = 17
NUMPY = {
    T.FLOAT: np.float32, T.DOUBLE: np.float64, T.FLOAT16: np.float16, T.BOOL: np.bool_, T.STRING: np.object_,
    T.INT8: np.int8, T.INT16: np.int16, T.INT32: np.int32, T.INT64: np.int64,
    T.UINT8: np.uint8, T.UINT16: np.uint16, T.UINT32: np.uint32, T.UINT64: np.uint64,
    T.BFLOAT16: ml_dtypes.bfloat16,
}


class Zoo:
    def __init__(self, folder: Path):
        self.folder = folder
        self.count = 0

    def add(self, name: str, model: onnx.ModelProto, external: bool = False, **samples):
        place = self.folder / "models" / name / "1"
        place.mkdir(parents=True)
        beside = {"save_as_external_data": True, "location": "weights.data", "size_threshold": 0} if external else {}
        onnx.save(model, place / "model.onnx", **beside)
        (self.folder / "samples").mkdir(exist_ok=True)
        np.savez(self.folder / "samples" / f"{name}.npz", **samples)
        self.count += 1
        print(f"{self.count:3} {name}", flush=True)

    def graph(self, name, nodes, inputs, outputs, samples, initializers=(), external=False):
        info = lambda entries: [h.make_tensor_value_info(*entry) for entry in entries]
        graph = h.make_graph(nodes, name, info(inputs), info(outputs), list(initializers))
        model = h.make_model(graph, opset_imports=[h.make_opsetid("", OPSET), h.make_opsetid("ai.onnx.ml", 3)])
        model.ir_version = 9
        self.add(name, model, external, **samples)


def sample_of(kind: int) -> np.ndarray:
    dtype = NUMPY[kind]
    if kind == T.STRING:
        return np.array(["", "grün", 'a"b\\', "\u2028", "x" * 300, "日本"], dtype=object)
    if kind == T.BOOL:
        return np.array([True, False, True])
    if np.issubdtype(dtype, np.integer):
        bounds = np.iinfo(dtype)
        return np.array([bounds.min, bounds.max, 0, 1, 42], dtype=dtype)
    bounds = ml_dtypes.finfo(dtype)
    return np.array([0, -0.0, 1.5, -2.25, bounds.max, bounds.tiny], dtype=dtype)


def hand_built(zoo: Zoo):
    for kind, dtype in NUMPY.items():
        name = f"identity_{T.DataType.Name(kind).lower()}"
        zoo.graph(name, [h.make_node("Identity", ["in"], ["out"])], [("in", kind, ["n"])], [("out", kind, ["n"])],
                  {"in": sample_of(kind)})
    one = lambda op, *args, **kw: [h.make_node(op, *args, **kw)]
    f = np.random.default_rng(1)
    zoo.graph("scalar", one("Neg", ["in"], ["out"]), [("in", T.FLOAT, [])], [("out", T.FLOAT, [])],
              {"in": np.array(2.5, np.float32)})
    zoo.graph("open_rank", one("Abs", ["in"], ["out"]), [("in", T.FLOAT, None)], [("out", T.FLOAT, None)],
              {"in": f.normal(size=(2, 1, 3)).astype(np.float32)})
    zoo.graph("no_rows", one("Relu", ["in"], ["out"]), [("in", T.FLOAT, ["n", 3])], [("out", T.FLOAT, ["n", 3])],
              {"in": np.zeros((0, 3), np.float32)})
    zoo.graph("concat_of_nothing", one("Concat", ["a", "b"], ["out"], axis=0), [("a", T.INT64, ["n", 2]), ("b", T.INT64, ["m", 2])],
              [("out", T.INT64, ["k", 2])], {"a": np.zeros((0, 2), np.int64), "b": np.array([[1, 2]], np.int64)})
    zoo.graph("mixed_inputs", [
        h.make_node("Cast", ["flags"], ["f"], to=T.FLOAT), h.make_node("Cast", ["counts"], ["c"], to=T.FLOAT),
        h.make_node("Add", ["f", "c"], ["fc"]), h.make_node("Mul", ["fc", "values"], ["product"]),
        h.make_node("Identity", ["words"], ["echo"])],
        [("flags", T.BOOL, ["n"]), ("counts", T.INT64, ["n"]), ("values", T.FLOAT, ["n"]), ("words", T.STRING, ["n"])],
        [("product", T.FLOAT, ["n"]), ("echo", T.STRING, ["n"])],
        {"flags": np.array([True, False]), "counts": np.array([3, 4]), "values": np.array([0.5, 2], np.float32),
         "words": np.array(["a", "ü"], object)})
    zoo.graph("top_k", one("TopK", ["in", "k"], ["values", "indices"], axis=-1), [("in", T.FLOAT, ["n", 8])],
              [("values", T.FLOAT, ["n", 3]), ("indices", T.INT64, ["n", 3])],
              {"in": f.normal(size=(4, 8)).astype(np.float32)}, [numpy_helper.from_array(np.array([3], np.int64), "k")])
    zoo.graph("shape_from_data", one("NonZero", ["in"], ["out"]), [("in", T.FLOAT, ["n"])], [("out", T.INT64, [1, "m"])],
              {"in": np.array([0, 3, 0, 4], np.float32)})
    zoo.graph("sum_to_scalar", one("ReduceMax", ["in"], ["out"], keepdims=0), [("in", T.DOUBLE, ["n", "m"])],
              [("out", T.DOUBLE, [])], {"in": f.normal(size=(3, 2))})
    zoo.graph("labels_of_text", one("LabelEncoder", ["in"], ["out"], domain="ai.onnx.ml", keys_strings=["cat", "dog"],
              values_int64s=[1, 2], default_int64=-1), [("in", T.STRING, ["n", 1])], [("out", T.INT64, ["n", 1])],
              {"in": np.array([["cat"], ["dog"], ["cow"]], object)})
    zoo.graph("half_precision", one("Mul", ["in", "two"], ["out"]), [("in", T.FLOAT16, ["n"])], [("out", T.FLOAT16, ["n"])],
              {"in": np.array([0.1, 3, -1e-7], np.float16)}, [numpy_helper.from_array(np.array(2, np.float16), "two")])
    # Rounded on its way out: no kernel computes with BF16 itself.
    zoo.graph("brain_floats", [h.make_node("Cast", ["in"], ["wide"], to=T.FLOAT), h.make_node("Mul", ["wide", "three"], ["product"]),
              h.make_node("Cast", ["product"], ["out"], to=T.BFLOAT16)], [("in", T.BFLOAT16, ["n", 2])], [("out", T.BFLOAT16, ["n", 2])],
              {"in": f.normal(size=(8, 2)).astype(ml_dtypes.bfloat16)}, [numpy_helper.from_array(np.array(3, np.float32), "three")])
    zoo.graph("convolution", [h.make_node("Conv", ["image", "kernel"], ["c"], pads=[1, 1, 1, 1]), h.make_node("Softmax", ["c"], ["out"], axis=1)],
              [("image", T.FLOAT, ["n", 3, 8, 8])], [("out", T.FLOAT, ["n", 4, 8, 8])],
              {"image": f.normal(size=(2, 3, 8, 8)).astype(np.float32)},
              [numpy_helper.from_array(f.normal(size=(4, 3, 3, 3)).astype(np.float32), "kernel")])
    zoo.graph("weights_beside", one("MatMul", ["in", "w"], ["out"]), [("in", T.FLOAT, ["n", 16])], [("out", T.FLOAT, ["n", 4])],
              {"in": f.normal(size=(2, 16)).astype(np.float32)},
              [numpy_helper.from_array(f.normal(size=(16, 4)).astype(np.float32), "w")], external=True)


def scikit(zoo: Zoo):
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn import cluster, compose, datasets, decomposition, ensemble, linear_model, naive_bayes, neighbors
    from sklearn import neural_network, pipeline, preprocessing, svm, tree

    X, y = datasets.load_iris(return_X_y=True)
    X = X.astype(np.float32)
    words = np.array(["setosa", "versicolor", "virginica"])[y]
    R, target = datasets.load_diabetes(return_X_y=True)
    R = R.astype(np.float32)
    convert = lambda name, model, sample: zoo.add(name, to_onnx(model, sample[:1], target_opset={"": OPSET, "ai.onnx.ml": 3}), X=sample)

    classifiers = {
        "logistic": linear_model.LogisticRegression(max_iter=500), "forest": ensemble.RandomForestClassifier(30, random_state=0),
        "boosting": ensemble.GradientBoostingClassifier(n_estimators=10, random_state=0), "knn": neighbors.KNeighborsClassifier(),
        "bayes": naive_bayes.GaussianNB(), "tree": tree.DecisionTreeClassifier(random_state=0),
        "svc": svm.SVC(probability=True, random_state=0), "mlp": neural_network.MLPClassifier((8,), max_iter=300, random_state=0),
        "pipeline": pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression(max_iter=500)),
    }
    for name, model in classifiers.items():
        convert(f"sklearn_{name}", model.fit(X, y), X[::30])
    convert("sklearn_text_labels", linear_model.LogisticRegression(max_iter=500).fit(X, words), X[::30])
    regressors = {
        "linear": linear_model.LinearRegression(), "forest_regressor": ensemble.RandomForestRegressor(20, random_state=0),
        "svr": svm.SVR(), "hist": ensemble.HistGradientBoostingRegressor(max_iter=20, random_state=0),
    }
    for name, model in regressors.items():
        convert(f"sklearn_{name}", model.fit(R, target), R[::100])
    convert("sklearn_two_targets", linear_model.Ridge().fit(R, np.stack([target, -target], 1)), R[::100])
    convert("sklearn_kmeans", cluster.KMeans(3, random_state=0, n_init=3).fit(X), X[::30])
    convert("sklearn_pca", decomposition.PCA(2).fit(X), X[::30])
    convert("sklearn_isolation", ensemble.IsolationForest(n_estimators=20, random_state=0).fit(X), X[::30])

    import pandas as pd
    table = pd.DataFrame({"length": X[:, 0], "colour": np.array(["red", "green", "blue"])[np.arange(len(y)) % 3]})
    columns = compose.ColumnTransformer([("n", preprocessing.StandardScaler(), ["length"]), ("c", preprocessing.OneHotEncoder(handle_unknown="ignore"), ["colour"])])
    model = pipeline.make_pipeline(columns, linear_model.LogisticRegression(max_iter=500)).fit(table, y)
    types = [("length", FloatTensorType([None, 1])), ("colour", StringTensorType([None, 1]))]
    zoo.add("sklearn_columns", to_onnx(model, initial_types=types, target_opset={"": OPSET, "ai.onnx.ml": 3}),
            length=table[["length"]].values[:3].astype(np.float32), colour=table[["colour"]].values[:3].astype(object))


def boosted(zoo: Zoo):
    from lightgbm import LGBMClassifier, LGBMRegressor
    from onnxmltools import convert_lightgbm, convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType
    from sklearn import datasets
    from xgboost import XGBClassifier, XGBRegressor

    X, y = datasets.load_wine(return_X_y=True)
    X = X.astype(np.float32)
    types = [("X", FloatTensorType([None, X.shape[1]]))]
    made = {
        "xgboost_classifier": convert_xgboost(XGBClassifier(n_estimators=10).fit(X, y), initial_types=types),
        "xgboost_regressor": convert_xgboost(XGBRegressor(n_estimators=10).fit(X, y), initial_types=types),
        "lightgbm_classifier": convert_lightgbm(LGBMClassifier(n_estimators=10, verbose=-1).fit(X, y), initial_types=types),
        "lightgbm_regressor": convert_lightgbm(LGBMRegressor(n_estimators=10, verbose=-1).fit(X, y), initial_types=types),
    }
    for name, model in made.items():
        zoo.add(name, model, X=X[::40])


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    zoo = Zoo(Path(sys.argv[1]))
    for build in (hand_built, scikit, boosted):
        build(zoo)
    print(f"{zoo.count} models", flush=True)
