"""Lets Sacred itself write a run, for the test to compare ours with. Argument: MongoDB's URL."""

import sys
import tempfile

from sacred import Experiment
from sacred.observers import MongoObserver
from sacred.settings import SETTINGS

SETTINGS.CAPTURE_MODE = "no"
experiment = Experiment("LEMONS", save_git_info=False)
experiment.observers.append(MongoObserver(url=sys.argv[1], db_name="LEMONS"))


@experiment.config
def config():
    lr = 1e-3
    batch_size = 20


@experiment.main
def main():
    for step in range(3):
        experiment.log_scalar("train.loss", 0.5 / (step + 1), step)
        experiment.log_scalar("val.roc_auc", 0.75, step)
    with tempfile.NamedTemporaryFile(suffix=".json") as artifact:
        artifact.write(b"{}")
        artifact.flush()
        experiment.add_artifact(artifact.name, name="model.json")
    return 0.25


experiment.run()
