"""The training step of docs/training.md in PyTorch, for `npm run bench -- train`.

usage: python torch-train-step.py '{"threads", "batch", "bands", "frames", "channels", "dropout"}'

Answers every line of standard input, the name of a memory format, with the seconds of one step:
forward, loss, backward, Adam. The first line of the output is the version of PyTorch.
"""
import json
import sys
import time

import torch
from torch import nn

options = json.loads(sys.argv[1])
torch.set_num_threads(options["threads"])
torch.manual_seed(1)

FORMATS = {"default": torch.contiguous_format, "channels_last": torch.channels_last}


class Network(nn.Module):
    def __init__(self, channels, dropout):
        super().__init__()
        blocks = []
        for inputs, outputs in zip([1, *channels], channels):
            blocks += [
                nn.Conv2d(inputs, outputs, 3, padding=1),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
        self.trunk = nn.Sequential(nn.BatchNorm2d(1), *blocks)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * channels[-1], 1))

    def forward(self, logmel):
        maps = self.trunk(logmel)
        return self.head(torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1))


def training(memory_format):
    network = Network(options["channels"], options["dropout"]).to(memory_format=memory_format)
    adam = torch.optim.Adam(network.parameters(), lr=1e-3, weight_decay=1e-4)
    entropy = nn.BCEWithLogitsLoss()
    logmel = 20 * torch.randn(options["batch"], 1, options["bands"], options["frames"]) - 50
    logmel = logmel.to(memory_format=memory_format)
    labels = torch.randint(0, 2, (options["batch"], 1)).float()

    def step():
        adam.zero_grad(set_to_none=True)
        entropy(network(logmel), labels).backward()
        adam.step()

    return step


steps = {name: training(memory_format) for name, memory_format in FORMATS.items()}
print(torch.__version__, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    steps[line.strip()]()
    print(time.perf_counter() - start, flush=True)
