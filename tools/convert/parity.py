"""How far two models agree on the same rows."""

import numpy as np
import pandas as pd


def compare(model, rows: pd.DataFrame, ask, limits: dict) -> dict:
    """`ask` answers as the ONNX model: labels and probabilities, or values."""
    named = rows if hasattr(model, "feature_names_in_") else rows.to_numpy()
    if hasattr(model, "predict_proba"):
        labels, probabilities = ask(rows)[:2]
        same = np.asarray(labels).ravel().astype(str) == np.asarray(model.predict(named)).ravel().astype(str)
        agreement = float(same.mean())
        distance = distances(model.predict_proba(named), probabilities, limits)
    else:
        agreement = None
        distance = distances(model.predict(named), ask(rows)[0], limits)
    passed = distance["outside"] == 0 and agreement in (None, 1.0)
    return {"rows": len(rows), "passed": passed, "label_agreement": agreement, **distance}


def distances(wanted, found, limits: dict) -> dict:
    wanted = np.asarray(wanted, np.float64)
    found = np.asarray(found, np.float64).reshape(wanted.shape)
    difference = np.abs(wanted - found)
    largest = np.abs(wanted)
    relative = np.divide(difference, largest, out=np.zeros_like(difference), where=largest > 0)
    # Not a number agrees with nothing but itself.
    outside = ~(difference <= limits["absolute"] + limits["relative"] * largest) & ~(np.isnan(wanted) & np.isnan(found))
    return {"max_absolute": float(np.nanmax(difference)), "max_relative": float(np.nanmax(relative)), "outside": int(outside.sum())}


def report(name: str, found: dict) -> str:
    head = "| rows | count | largest difference | relative | outside the limits | labels that agree |\n| --- | ---: | ---: | ---: | ---: | ---: |\n"
    line = lambda title, one: (
        f"| {title} | {one['rows']} | {one['max_absolute']:.3g} | {one['max_relative']:.3g} | {one['outside']} | "
        f"{'–' if one['label_agreement'] is None else format(one['label_agreement'], '.2%')} |\n"
    )
    sets = "".join(line(title, one) for title, one in found["sets"].items())
    limits = f"Limits: {found['limits']['absolute']:g} absolute plus {found['limits']['relative']:g} relative."
    verdict = "The ONNX model answers the same." if found["passed"] else "The ONNX model does not answer the same."
    edges = "Numbers that FP32 cannot hold are rounded on their way into the ONNX model; the last line says what that changes."
    return f"# Parity of {name}\n\n{verdict} {limits}\n\n{head}{sets}{line('unrounded doubles', found['float32_edges'])}\n{edges}\n"
