"""Predicts where a model file loads, from its inspection and the API atlas; nothing is run.

A prediction is never a measurement and is always marked as one. Everything others need is named
here.
"""

from crossload.runner.prediction.model import Outcome, Prediction, Reason, Rule
from crossload.runner.prediction.predicting import Predictor

__all__ = ["Outcome", "Prediction", "Predictor", "Reason", "Rule"]
