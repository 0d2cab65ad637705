"""KServe's Python server: `kserve_server.py HTTP_PORT`."""

import sys

import numpy as np
from flowers import SPECIES, classify, fails
from kserve import InferOutput, InferResponse, Model, ModelServer
from kserve.errors import InvalidInput
from kserve.utils.utils import generate_uuid


class Flowers(Model):
    def __init__(self, name: str):
        super().__init__(name)
        self.ready = True

    async def get_input_types(self):
        return [{"name": "lengths", "datatype": "FP32", "shape": [-1, 4]}]

    async def get_output_types(self):
        return [
            {"name": "species", "datatype": "BYTES", "shape": [-1]},
            {"name": "shares", "datatype": "FP32", "shape": [-1, 3]},
        ]

    def predict(self, payload, headers=None):
        rows = payload.inputs[0].as_numpy()
        if (rows < 0).any():
            raise InvalidInput("a length is negative")
        found, shares = classify(rows)
        species = InferOutput("species", list(found.shape), "BYTES", [SPECIES[one] for one in found])
        other = InferOutput("shares", list(shares.shape), "FP32", shares.flatten().tolist())
        return InferResponse(payload.id or generate_uuid(), self.name, [species, other])


class Broken(Flowers):
    def predict(self, payload, headers=None):
        fails(np.asarray(payload.inputs[0].as_numpy()))


class Untold(Flowers):
    """As most models on KServe's server: nobody wrote down what it takes."""

    async def get_input_types(self):
        return []

    async def get_output_types(self):
        return []


if __name__ == "__main__":
    server = ModelServer(http_port=int(sys.argv[1]), enable_grpc=False)
    server.start([Flowers("flowers"), Broken("broken"), Untold("untold")])
