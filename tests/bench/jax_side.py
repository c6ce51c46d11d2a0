"""JAX's side of the race: a jitted training step, channels last, with plain SGD (side.py)."""
import math

from race_models import MODELS
from side import answer


def make(name, batch):
    import jax
    from jax import lax, numpy as jnp
    layers, shape = MODELS[name]
    key = [jax.random.PRNGKey(0)]

    def draw(*sizes, fan):
        key[0], now = jax.random.split(key[0])
        return jax.random.uniform(now, sizes, minval=-1, maxval=1) / math.sqrt(fan)

    def begin(layers):
        """(parameters, running statistics) of each layer."""
        made = []
        for kind, *sizes in layers:
            weights, kept = {}, {}
            if kind == "conv":
                ins, outs, kernel, _, _, bias = sizes
                weights = {"w": draw(kernel, kernel, ins, outs, fan=ins * kernel * kernel)}
                if bias:
                    weights["b"] = draw(outs, fan=ins * kernel * kernel)
            elif kind == "linear":
                weights = {"w": draw(*sizes, fan=sizes[0]), "b": draw(sizes[1], fan=sizes[0])}
            elif kind == "norm":
                weights = {"w": jnp.ones(sizes[0]), "b": jnp.zeros(sizes[0])}
                kept = {"mean": jnp.zeros(sizes[0]), "var": jnp.ones(sizes[0])}
            elif kind == "residual":
                parts = [begin(part) for part in sizes]
                weights, kept = [part[0] for part in parts], [part[1] for part in parts]
            made.append((weights, kept))
        return [pair[0] for pair in made], [pair[1] for pair in made]

    def norm(x, w, kept):
        mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
        count = x.size / x.shape[-1]
        kept = {"mean": 0.9 * kept["mean"] + 0.1 * mean, "var": 0.9 * kept["var"] + 0.1 * var * count / (count - 1)}
        return (x - mean) * (w["w"] * lax.rsqrt(var + 1e-5)) + w["b"], kept

    def apply(layers, weights, kept, x):
        after = []
        for (kind, *sizes), w, k in zip(layers, weights, kept):
            if kind == "conv":
                _, _, _, stride, padding, _ = sizes
                x = lax.conv_general_dilated(x, w["w"], (stride, stride), [(padding, padding)] * 2,
                                             dimension_numbers=("NHWC", "HWIO", "NHWC"))
                x = x + w["b"] if "b" in w else x
            elif kind == "linear":
                x = x @ w["w"] + w["b"]
            elif kind == "norm":
                x, k = norm(x, w, k)
            elif kind == "relu":
                x = jnp.maximum(x, 0)
            elif kind == "pool":
                size, stride, padding = sizes
                x = lax.reduce_window(x, -jnp.inf, lax.max, (1, size, size, 1), (1, stride, stride, 1),
                                      [(0, 0), (padding, padding), (padding, padding), (0, 0)])
            elif kind == "mean":
                x = x.mean((1, 2))
            elif kind == "flatten":
                x = x.reshape(x.shape[0], -1)
            else:
                body, shortcut = sizes
                y, first = apply(body, w[0], k[0], x)
                x, second = apply(shortcut, w[1], k[1], x)
                x, k = y + x, [first, second]
            after.append(k)
        return x, after

    def loss_of(weights, kept, x, labels):
        y, kept = apply(layers, weights, kept, x)
        return -jnp.take_along_axis(jax.nn.log_softmax(y), labels[:, None], 1).mean(), kept

    @jax.jit
    def update(weights, kept, x, labels):
        (loss, kept), gradients = jax.value_and_grad(loss_of, has_aux=True)(weights, kept, x, labels)
        return jax.tree_util.tree_map(lambda w, g: w - 1e-3 * g, weights, gradients), kept, loss

    weights, kept = begin(layers)
    images = jax.random.uniform(key[0], (batch, *shape[1:], shape[0]))
    labels = jax.random.randint(key[0], (batch,), 0, 10)

    def step():
        nonlocal weights, kept
        weights, kept, loss = update(weights, kept, images, labels)
        return float(loss)
    return step


if __name__ == "__main__":
    answer(make)
