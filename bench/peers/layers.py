"""Layers that both variants are made of, from weights in row-vector form (y = x W + b)."""

from torch import nn


def linear(weight, bias):
    """nn.Linear that holds the transpose of `weight` [in, out], as PyTorch keeps it."""
    layer = nn.Linear(*weight.shape)
    layer.weight.data = weight.t().contiguous()
    layer.bias.data = bias.clone()
    return layer


def prelu(slope):
    """nn.PReLU of one slope per unit."""
    layer = nn.PReLU(slope.numel())
    layer.weight.data = slope.clone()
    return layer


def mlp(weights, layers):
    """The layers mlp.0, mlp.1, ... and the score, as one nn.Sequential."""
    parts = []
    for i in range(layers):
        parts += [linear(weights[f"mlp.{i}.weight"], weights[f"mlp.{i}.bias"]), prelu(weights[f"mlp.{i}.slope"])]
    return nn.Sequential(*parts, linear(weights["score.weight"], weights["score.bias"]))


def mlp_names(stack, of):
    """What `of` says of each parameter of `mlp`, by the name of the weight, in row-vector form."""
    names = {}
    for i, layer in enumerate(stack):
        name = "score" if i == len(stack) - 1 else f"mlp.{i // 2}"
        if isinstance(layer, nn.PReLU):
            names[f"{name}.slope"] = of(layer.weight)
        else:
            names[f"{name}.weight"], names[f"{name}.bias"] = of(layer.weight).t(), of(layer.bias)
    return names


def decayed(parameters, decay):
    """Parameter groups: decay on matrices only. The caller leaves tables out, or gives them a group of their own."""
    parameters = list(parameters)
    return [
        {"params": [p for p in parameters if p.dim() == 2], "weight_decay": decay},
        {"params": [p for p in parameters if p.dim() != 2], "weight_decay": 0.0},
    ]


def adam_settings(spec):
    return {"lr": spec["learningRate"], "betas": (spec["beta1"], spec["beta2"]), "eps": spec["epsilon"]}
