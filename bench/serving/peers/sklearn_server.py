"""KServe's Python server with a scikit-learn model: as its sklearnserver does it, without what fetches the model."""

import sys

import joblib
from kserve import Model, ModelServer
from kserve.utils.utils import get_predict_input, get_predict_response


class SKLearnModel(Model):
    def __init__(self, name: str, file: str):
        super().__init__(name)
        self.model = joblib.load(file)
        self.ready = True

    def predict(self, payload, headers=None):
        return get_predict_response(payload, self.model.predict(get_predict_input(payload)), self.name)


if __name__ == "__main__":
    name, file, http_port, grpc_port = sys.argv[1:5]
    server = ModelServer(http_port=int(http_port), grpc_port=int(grpc_port), enable_latency_logging=False)
    server.start([SKLearnModel(name, file)])
