"""The same training in plain PyTorch, for run.sh: plain.py DIR SECONDS. Writes DIR/plain.json and the trained weights."""

import array
import json
import os
import sys
import time

import torch
import torch.nn.functional as F

folder, seconds = sys.argv[1], float(sys.argv[2])
torch.set_num_threads(len(os.sched_getaffinity(0)))
with open(f"{folder}/workload.json") as file:
    work = json.load(file)


def read(name, kind):
    values = array.array(kind)
    with open(f"{folder}/{name}", "rb") as file:
        values.frombytes(file.read())
    return values


images = torch.frombuffer(bytearray(read("images", "B").tobytes()), dtype=torch.uint8).reshape([work["samples"]] + work["shape"])
labels = torch.frombuffer(bytearray(read("labels", "B").tobytes()), dtype=torch.uint8).long()
batches = torch.tensor(read("batches", "i").tolist()).reshape(work["compared_steps"], work["compared_batch"])


class Network:
    def __init__(self, model, device):
        flat, at = torch.tensor(read(model["name"] + ".weights", "f").tolist()), 0
        self.layers, self.tensors = model["layers"], {}
        for tensor in model["tensors"]:
            count = 1
            for extent in tensor["shape"]:
                count *= extent
            self.tensors[tensor["name"]] = flat[at : at + count].reshape(tensor["shape"]).to(device).clone().requires_grad_()
            at += count

    def forward(self, x):
        for layer in self.layers:
            kind, number = layer["kind"], layer["number"]
            if kind == "conv2d":
                x = F.conv2d(x, self.tensors[f"{number}.weight"], self.tensors[f"{number}.bias"], padding=layer["size"])
            elif kind == "dense":
                x = F.linear(x, self.tensors[f"{number}.weight"], self.tensors[f"{number}.bias"])
            elif kind == "max-pool":
                x = F.max_pool2d(x, layer["size"])
            elif kind == "relu":
                x = F.relu(x)
            else:
                x = torch.flatten(x, 1)
        return x


class Training:
    def __init__(self, model, device, precision):
        self.network, self.device, self.is_bf16 = Network(model, device), device, precision == "bf16"
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = self.is_bf16
        self.images, self.labels = images.to(device), labels.to(device)
        self.optimizer = torch.optim.SGD(self.network.tensors.values(), lr=work["learning_rate"], momentum=work["momentum"])

    def step(self, indices):
        chosen = indices.to(self.device)
        x, y = self.images.index_select(0, chosen).float().div_(255), self.labels.index_select(0, chosen)
        self.optimizer.zero_grad()
        with torch.autocast(device_type=self.device, dtype=torch.bfloat16, enabled=self.is_bf16):
            loss = F.cross_entropy(self.network.forward(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def wait(self):
        if self.device == "cuda":
            torch.cuda.synchronize()


def throughput(model, device, precision, batch):
    training = Training(model, device, precision)
    order = torch.randperm(work["samples"])

    def run(steps):
        nonlocal order
        for _ in range(steps):
            if len(order) < batch:
                order = torch.randperm(work["samples"])
            training.step(order[:batch])
            order = order[batch:]
        training.wait()

    run(1)
    begun = time.perf_counter()
    run(1)
    at_once = 20 if (time.perf_counter() - begun) * 20 < seconds else 1
    steps, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        run(at_once)
        steps += at_once
    return steps * batch / (time.perf_counter() - begun)


contenders = [("cpu", "fp32")] + ([("cuda", "fp32"), ("cuda", "bf16")] if torch.cuda.is_available() else [])
rows = []
for model in work["models"]:
    for device, precision in contenders:
        print(f"plain PyTorch: {model['name']} on {device} in {precision}", file=sys.stderr)
        training = Training(model, device, precision)
        for indices in batches:
            training.step(indices)
        flat = torch.cat([tensor.detach().cpu().reshape(-1) for tensor in training.network.tensors.values()])
        with open(f"{folder}/{model['name']}.{device}.{precision}.trained", "wb") as file:
            file.write(array.array("f", flat.tolist()).tobytes())
        for batch in [size for size in model["batches"] if device == "cuda" or size <= work["processor_batch_max"]]:
            rate = throughput(model, device, precision, batch)
            rows.append({"model": model["name"], "device": device, "precision": precision, "batch": batch, "samples_per_second": rate})
with open(f"{folder}/plain.json", "w") as file:
    json.dump({"pytorch": torch.__version__, "throughput": rows}, file)
