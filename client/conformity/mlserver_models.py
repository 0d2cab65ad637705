"""Models for MLServer; `model-settings.json` names these classes."""

import numpy as np
from flowers import SPECIES, classify, fails
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse


class Flowers(MLModel):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = self.rows(payload)
        if (rows < 0).any():
            raise InferenceError("a length is negative")
        found, shares = classify(rows)
        species = StringCodec.encode_output("species", [SPECIES[one] for one in found])
        other = NumpyCodec.encode_output("shares", shares)
        return InferenceResponse(model_name=self.name, outputs=[species, other])

    def rows(self, payload: InferenceRequest) -> np.ndarray:
        return NumpyCodec.decode_input(payload.inputs[0])


class Broken(Flowers):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        fails(self.rows(payload))
