"""One classifier and two that fail, with nothing but NumPy: what both servers serve."""

import numpy as np

# Mean sepal and petal lengths and widths of each species, in centimetres.
SPECIES = ["Setosa", "Versicolor", "Virginica"]
MEANS = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])


def classify(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of four lengths → the number of the nearest species, and a share for each."""
    distances = ((rows[:, None, :] - MEANS[None]) ** 2).sum(axis=2)
    weights = np.exp(distances.min(axis=1, keepdims=True) - distances)
    shares = weights / weights.sum(axis=1, keepdims=True)
    return shares.argmax(axis=1), shares.astype(np.float32)


def fails(rows: np.ndarray) -> None:
    raise ValueError(f"no flower has {rows.shape[1]} lengths")
