"""The same nets in PyTorch: python3 torch_steps.py THREADS NET SECONDS. Prints JSON like step.mjs."""
import json
import resource
import sys
import time

import torch
from torch import nn

threads, name, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
torch.set_num_threads(threads)


def normalized(channels, filters, stride):
    return [nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters)]


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.body = nn.Sequential(*normalized(channels, filters, stride), nn.ReLU(), *normalized(filters, filters, 1))
        self.short = nn.Identity() if stride == 1 else nn.Conv2d(channels, filters, 1, stride, bias=False)

    def forward(self, x):
        return torch.relu(self.body(x) + self.short(x))


def resnet():
    blocks = [Block(c, f, s) for c, f, s in [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2]
    return nn.Sequential(*normalized(3, 16, 1), nn.ReLU(), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def mobilenet():
    layers = [nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6()]
    channels = 8
    for filters, stride in [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2)] + [(128, 1)] * 5 + [(256, 2), (256, 1)]:
        layers += [nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.ReLU6()]
        layers += [nn.Conv2d(channels, filters, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU6()]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.out = nn.Embedding(10000, 32), nn.LSTM(32, 64, batch_first=True), nn.Linear(64, 2)

    def forward(self, x):
        return self.out(self.lstm(self.embedding(x))[0][:, -1])


def lenet5():
    convolutions = [nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten()]
    return nn.Sequential(*convolutions, nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def lenet300():
    return nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))


nets = {
    "lenet-5": (lenet5, (64, 1, 28, 28), 10),
    "lenet-300-100": (lenet300, (64, 784), 10),
    "resnet-20": (resnet, (128, 3, 32, 32), 10),
    "mobilenet-0.25": (mobilenet, (64, 3, 96, 96), 10),
    "lstm": (Lstm, (64, 80), 2),
}

build, shape, classes = nets[name]
model = build()
x = torch.randint(0, 10000, shape) if name == "lstm" else torch.randn(shape)
y = torch.randint(0, classes, shape[:1])
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)


def processor():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def step():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


wall, cpu = [], []
step(), step()
begin = time.perf_counter()
while True:
    start, before = time.perf_counter(), processor()
    step()
    wall.append(1000 * (time.perf_counter() - start))
    cpu.append(1000 * (processor() - before))
    if time.perf_counter() - begin > seconds or len(wall) >= 100:
        break
print(json.dumps({"batch": shape[0], "wall": wall, "processor": cpu, "version": torch.__version__}))
